function We(e){return e.ctrlKey||e.metaKey||e.shiftKey}function kt(e,...t){for(let o of t)o==null||o===!1||(Array.isArray(
o)?kt(e,...o):o instanceof Node?e.appendChild(o):e.appendChild(document.createTextNode(String(o))))}function _(e,...t){e.
replaceChildren(),kt(e,...t)}function sr(e,t,o){if(o==null||o===!1){o===!1&&t.startsWith("aria-")&&e.setAttribute(t,"fal\
se");return}if(t.startsWith("on")||t==="style")throw new TypeError(`the attribute ${t} is code`);e.setAttribute(t,o===!0&&
!t.startsWith("aria-")?"":String(o))}function n(e,t={},...o){let r=document.createElement(e);for(let[i,s]of Object.entries(
t))if(i==="on")for(let[d,c]of Object.entries(s))r.addEventListener(d,c);else sr(r,i,s);return kt(r,...o),r}var sn="http:\
//www.w3.org/2000/svg";function ne(...e){let t=document.createElementNS(sn,"svg");t.setAttribute("viewBox","0 0 24 24"),
t.setAttribute("class","icon"),t.setAttribute("aria-hidden","true"),t.setAttribute("focusable","false");for(let o of e){
let r=document.createElementNS(sn,"path");r.setAttribute("d",o),t.appendChild(r)}return t}function oe(e,t){return n("spa\
n",{dir:"auto",class:t},e)}var an=0;function de(e){return an+=1,`${e}-${an}`}var dn=["M5 6h.01","M5 12h.01","M5 18h.01","M10 6h10","M10 12h6","M10 18h9"],cn=["M7 7l10 10","M17 7L7 17"],ln=["M12 5v1\
4","M5 12h14"],un=["M9 15L15 9","M10 6l1-1a4 4 0 0 1 6 6l-2 2","M14 18l-1 1a4 4 0 0 1-6-6l2-2"],pn=["M12 12a4 4 0 1 0 0-\
8 4 4 0 0 0 0 8","M4 21c0-4 3.5-6 8-6s8 2 8 6"],fn=["M4 7h10","M18 7h2","M16 5v4","M4 17h2","M10 17h10","M8 15v4"],mn=["\
M12 3v6","M12 15v6","M3 12h6","M15 12h6"],He={note:["M6 3h9l4 4v14H6z","M9 11h7","M9 15h7"],call:["M5 4h4l2 5-2.5 1.5a11\
 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A15 15 0 0 1 4 5a1 1 0 0 1 1-1"],email:["M3 6h18v12H3z","M3 7l9 6 9-6"],meeting:[
"M4 6h16v14H4z","M4 10h16","M8 3v4","M16 3v4"],agent_action:["M5 9h14v10H5z","M12 5v4","M9 13v2","M15 13v2","M2 13v3","M\
22 13v3"]},yn={succeeded:["M5 13l4 4L19 7"],denied:["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18","M6 6l12 12"],rejected:["M12 \
4l9 16H3z","M12 10v4","M12 17v.5"]};function ar(e){try{return decodeURIComponent(e)}catch{return e}}function Be(e){let t=e.replace(/^#/,""),o=t.indexOf("?");
return{path:(o<0?t:t.slice(0,o)).split("/").filter(Boolean).map(ar),parameters:new URLSearchParams(o<0?"":t.slice(o+1))}}
function $(e,t){let o=new URLSearchParams;for(let[i,s]of t??[])s!==""&&o.append(i,s);let r=o.toString();return`#/${e.map(
encodeURIComponent).join("/")}${r===""?"":`?${r}`}`}function hn(e){let t=()=>Be(window.location.hash);return window.addEventListener(
"hashchange",()=>e(t())),e(t()),{current:t,go(o,r="push"){o!==(window.location.hash||"#/")&&(r==="replace"?window.history.
replaceState(null,"",o):window.history.pushState(null,"",o),e(t()))}}}var Ve=(e,t,o)=>e===1?t:o,a={product:"Activity log",close:"Close",cancel:"Cancel",skipToContent:"Skip to the content",navigation:"\
Pages",nav:{timeline:"Timeline",trail:"Audit trail",keys:"Keys",log:"Log an activity",reference:"API reference",newTab:"\
(in a new tab)",help:"Keyboard and help",signOut:"Sign out"},account:{label:"Signed in",tenant:"Workspace",viewer:"Viewe\
r",endsAt:e=>`until ${e}`},actor:{user:"Person",service:"Service",agent:"Agent",through:"through",onBehalfOf:"for",filter:e=>`\
Show only what ${e} did`},category:{note:"Note",call:"Call",email:"Email",meeting:"Meeting",agent_action:"Agent action"},
record:{contact:"Contact",company:"Company",deal:"Deal",task:"Task",support_ticket:"Support ticket"},source:{api:"API",mcp:"\
MCP",admin:"Import"},scope:{"activity:read":"read activities","activity:write":"log activities","audit:read":"read the a\
udit trail","keys:manage":"manage keys"},trail:{title:"Audit trail",lead:"What was done to records and keys, and what wa\
s refused.",results:"Events",status:"Outcome",statuses:{succeeded:"Done",denied:"Denied",rejected:"Rejected"},action:"Wh\
at was done",actions:{"activity.logged":["logged an activity","tried to log an activity"],"activity.read":["read an acti\
vity","tried to read an activity"],"activity.searched":["searched activities","tried to search activities"],"activity.im\
ported":["imported activities","tried to import activities"],"activity.reindexed":["indexed activities again","tried to \
index activities again"],"activity_type.updated":["defined an activity type","tried to define an activity type"],"activi\
ty_type.disabled":["disabled an activity type","tried to disable an activity type"],"activity_type.read":["read activity\
 types","tried to read activity types"],"record_type.updated":["set the ids of record types","tried to set the ids of re\
cord types"],"resource.updated":["named a record","tried to name a record"],"resource.deleted":["removed a record’s name",
"tried to remove a record’s name"],"resource.imported":["imported names of records","tried to import names of records"],
"actor.updated":["named an actor","tried to name an actor"],"actor.deleted":["removed an actor’s name","tried to remov\
e an actor’s name"],"actor.imported":["imported names of actors","tried to import names of actors"],"actor.viewer_toke\
n_created":["let a person view activities","tried to let a person view activities"],"key.created":["made a key","tried t\
o make a key"],"key.rotated":["rotated a key","tried to rotate a key"],"key.revoked":["revoked a key","tried to revoke a\
 key"],"key.read":["looked at keys","tried to look at keys"],"key.refused":["used a key where it may not be","used a key\
 where it may not be"],"key.refusals_counted":["was refused more times","was refused more times"],"audit_event.read":["r\
ead the audit trail","tried to read the audit trail"],"tool.called":["called a tool","sent a call of a tool that can’t b\
e read"],"tenant.updated":["changed the settings of the workspace","tried to change the settings of the workspace"],"ten\
ant.closed":["closed the workspace","tried to close the workspace"],"tenant.removed":["removed the records of the worksp\
ace","tried to remove the records of the workspace"],"log.restored":["began the log anew","tried to begin the log anew"],
"log.key_added":["added a key to the log","tried to add a key to the log"],"trail.item_removed":["saw that a record was \
removed","saw that a record was removed"],"trail.item_changed":["saw that a record was changed","saw that a record was c\
hanged"]},refusedTimes:(e,t)=>`was refused ${e} more ${t?"time":"times"}`,resourceType:"Kind of subject",resources:{activity:"\
Activity",activity_type:"Activity type",record_type:"Record type",resource:"Record",actor:"Actor",key:"Key",audit_event:"\
Audit trail",tool:"Tool",tenant:"Workspace",log:"Log of the trail",trail:"What the trail proves"},resource:"About (id)",
resourceHint:"An activity’s id, a key’s, or deal:deal_123",actor:"Who (id)",actorHint:"Such as jane, or service:crm",
actorType:"Kind of actor",credential:"Key (id)",credentialHint:"The part of a key between its two dots",source:"Source",
sources:{api:"API",mcp:"MCP",admin:"Operator"},request:"Request",requestHint:"As the header x-request-id names it",from:"\
From",to:"To",doors:{"event:sqs":"a message of a queue","event:eventbridge":"an event of a bus","event:invoke":"an invoc\
ation",import:"an import"},tool:"tool",command:"command",credentials:{console:"the operator’s own rights",event:"right\
s to send events"},key:"key",client:"from",errors:{malformed_request:"The request could not be read",unauthorized:"The k\
ey was not accepted",missing_required_scope:"The key lacks the scope",resource_not_found:"There was no such thing",method_not_allowed:"\
The method is not one of the path",idempotency_conflict:"The idempotency key was used for another input",payload_too_large:"\
The input was too large",unsupported_media_type:"The input was no JSON",validation_failed:"The input broke rules",rate_limited:"\
Too many requests",internal_error:"The service failed",unavailable:"The service was not available"},fields:"Fields:",wholeInput:"\
the input as a whole",data:{actor_type:"Kind of actor",applied:"Done",audit_reads:"Reads that are recorded",count:"How m\
any",ends_at:"Ends",expires_at:"Ends",first_at:"First",hour:"In the hour from",item:"What was touched",last_at:"Last",previous_origin:"\
Log before",previous_root:"Its root",previous_size:"Events in it",records:"Records filed",refused:"Refused",removed:"Rem\
oved",removed_tenant:"Workspace that was removed before",replaced_by:"Replaced by",scopes:"Scopes",unchanged:"As they we\
re",verifier_key:"Public key"},only:(e,t)=>`Filter by “${e}”: ${t}`,openActivity:"Open the activity",openRecord:"Ope\
n its timeline",openActor:"What it did",openKey:"What was done with it",more:"All that is recorded",property:{occurred_at:"\
When",occurred_at_utc:"In UTC",actor:"Who",authenticated_as:"The key stands for",on_behalf_of:"For whom",action:"Action",
resource_type:"Kind of subject",resource_id:"About",status:"Status",error_code:"Error code",fields:"Fields",source:"Sour\
ce",api_route:"Route",tool_name:"Tool",command:"Command",credential_id:"Credential",client_address:"Address",user_agent:"\
Program",request_id:"Request",input_hash:"SHA-256 of the input",tenant_id:"Workspace",id:"Event"},proof:{title:"Proof",ask:"\
Is it sealed?",sealed:"Sealed ",atIndex:e=>`, at index ${e} of the log.`,notSealed:"Not sealed yet. That takes some minu\
tes: ask again.",download:"Download the proof",downloadEntry:"Download the entry",check:"Check it here",key:"Public key \
of the log",keyHint:"One line, such as audit.example.com/acme+0123abcd+A… Ask for it in another way than over this page:\
 a key from the server that you check is not independent, and proves nothing.",remember:"Remember it in this browser",remembered:"\
This browser remembers it since you pasted it.",run:"Check",noBrowser:"This browser can’t check it: it has no Ed25519, o\
r the page did not come over HTTPS. Download the proof, and check it with a tool for c2sp.org/tlog-proof, or check an ex\
port with “activity-log audit verify”.",keyProblems:{form:"This is no public key of a log: it is written as name+id+\
key.",kind:"This is no key of Ed25519.",id:"The id is not that of the key. A part of it may be missing."},steps:{note:"T\
he proof is of this log and this index",signature:"The key signed the checkpoint",path:"The entry leads to the root that\
 was signed",disclosures:"Who acted, and what else can be taken back, is what was sealed",row:"What is shown here is wha\
t was sealed"},outcomes:{holds:"yes",fails:"no",unsupported:"not checked"},proved:"Proved: it was sealed as it is shown.",
failed:"Not proved. Something does not fit: keep the proof, and ask whoever runs this.",unsupported:"Not proved: this br\
owser can’t check the signature.",ownCode:"This page checks with its own code, which came from the same server. Whoeve\
r does not trust that checks the downloaded proof elsewhere."},log:{title:"How much of it is sealed",none:"Nothing is se\
aled yet.",size:(e,t)=>`${e} ${t?"event is":"events are"} sealed in the log, the last one `,unread:"What the log says ca\
n’t be read.",keep:"Keep this checkpoint: a later one that does not go on from it shows that something was removed.",download:"\
Download the checkpoint"},reload:"Refresh",csv:"Download as CSV",jsonLines:"Download as JSON lines",downloading:e=>`${e}\
 events so far…`,downloaded:(e,t,o)=>`${e} has ${t} ${o?"event":"events"}: all that the filters find.`,downloadedFirst:(e,t)=>`${e}\
 has the newest ${t} events. There are more: choose earlier dates for the rest.`,downloadStopped:"The download was stopp\
ed. There is no file.",invalid:"Correct what is marked, and the list comes back.",nothing:"Nothing matches",nothingText:"\
Take a filter away, or choose other dates.",empty:"Nothing is recorded yet",emptyText:"Each write, each change of a key \
and each refusal is here from then on."},keys:{title:"Keys",lead:"Who may call the API of this workspace, and what for.",
results:"All keys",madeNow:"Made just now",make:"Make a key",states:{active:"Active",expires_soon:"Ends soon",rotated:"R\
eplaced",ended:"Ended",revoked:"Revoked"},unnamed:e=>`Key ${e}`,own:"You are signed in with this key",property:{id:"Id",
scopes:"May",made:"Made",ends:"Ends",never:"never",used:"Last used",usedHour:"in the hour from",unused:"not yet",unusedLately:"\
not within 400 days",revoked:"Revoked",replacedBy:"Replaced by",ranges:"Accepted from",anywhere:"everywhere",users:"May \
act for",anybody:"anybody",nobody:"nobody",itself:"this person alone",noScopes:"nothing"},more:e=>`${e} more`,changes:"W\
hat was done to it",calls:"What was done with it",rotate:"Rotate",rotateLabel:e=>`Rotate ${e}`,revoke:"Revoke",revokeLabel:e=>`\
Revoke ${e}`,empty:"There are no keys",emptyText:"Keys that programs and people call with are here.",form:{title:"A new \
key",lead:"It can do no more than the key that you are signed in with.",name:"Name (optional)",nameHint:"What people cal\
l it, such as “Scout, production”",type:"It stands for",choose:"Choose",types:{user:"A person",service:"A service",agent:"\
An agent"},id:"Id of that person, service or agent",idHint:"The trail names it so, such as jane or crm-sync",scopes:"Wha\
t it may do",expires:"When it ends (optional)",expiresHere:"When it ends",expiresHint:"In the time of your clock. Withou\
t it, the key does not end.",expiresOwn:e=>`In the time of your clock. Yours ends at ${e}: by then at the latest.`,notATime:"\
Give the day and the time in full.",expiresBy:e=>`Choose when it ends: at ${e} at the latest.`,noType:"Choose what it st\
ands for.",noId:"Write the id.",noScope:"Tick at least one.",leftTitle:"About the key that you were making",leftText:"Th\
e list of keys says whether it was made.",ranges:"Where it is accepted from (optional)",rangesHint:"One address or range\
 a line, such as 192.0.2.0/24. Without any: everywhere.",users:"Whom it may act for",usersAnybody:"Anybody",usersNobody:"\
Nobody",usersThese:"These people",usersIds:"Their ids",usersHint:"One id a line.",entry:e=>`Entry ${e}: `,submit:"Make t\
he key",working:"Making it…"},secret:{made:"The key is made",warning:"Copy it now and keep it in a safe place. It is s\
hown this once, and can’t be shown again.",label:"Key",copy:"Copy",copied:"Copied.",selected:"It is selected. Copy it \
with your keyboard or its menu.",done:"Done",notCopied:"You have not copied it here. If you have it elsewhere, close thi\
s once more.",lostTitle:"The key is made, but can’t be shown",lost:"The first answer got lost on its way, and the key \
in full with it: it is kept nowhere. Revoke this key, and make another one.",closed:e=>`${e} is in the list.`},rotating:{
title:e=>`Rotate ${e}?`,text:"This makes a key in its place, for the same actor, with the same rights and the same limit\
s. Both are accepted until the old one ends.",own:"You are signed in with this key. Sign in with the new one before it e\
nds.",overlap:"The old key ends",overlaps:[[0,"at once"],[3600,"in an hour"],[86400,"in 24 hours"],[604800,"in 7 days"],
[2592e3,"in 30 days"]],overlapHint:"Or sooner, where it was to end sooner. “At once” takes up to 60 seconds.",expires:"\
The new key ends (optional)",expiresHint:"In the time of your clock. Otherwise it lives as long as the old one was to.",
submit:"Rotate",working:"Rotating…"},revoking:{title:e=>`Revoke ${e}?`,text:"It ends for good. It is refused everywher\
e after 60 seconds at the latest.",own:"You are signed in with this key. Revoking it ends your session, too.",submit:"Re\
voke",working:"Revoking…",done:e=>`${e} is revoked.`}},days:{today:"Today",yesterday:"Yesterday"},signIn:{title:"Sign \
in",lead:"Look at what happened, find it by any word, and log what is new.",key:"Key",keyHint:"It begins with alk_. It i\
s sent to this server only, and never put into an address.",show:"Show the key",user:"For a user (optional)",userHint:"W\
ith a service's or an agent's key: the id of the user whom you act for.",keep:"Stay signed in until this tab is closed",
keepHint:"Otherwise the key is forgotten when the page is reloaded.",submit:"Sign in",working:"Signing in…",signedIn:e=>`\
Signed in as ${e}`,missing:"Paste a key.",notAKey:"This is no key: it has blanks or characters that keys do not have. Co\
py it again, from alk_ on.",refused:"This key is not accepted. It may be mistyped, expired, revoked, or for another addr\
ess or user. Ask whoever gave it to you for a new one.",expired:"The session has ended, because the key has expired. Sig\
n in with a new one.",ended:"The session has ended, because the key is no longer accepted: it has expired or was revoked\
. Sign in with another one.",viewerExpired:"The time of this view is over. Go back to the page that brought you here, an\
d open it again.",signedOut:"You are signed out. The key is forgotten.",reference:"How programs use the API",viewerTitle:"\
This view is closed",useKey:"Sign in with a key instead",viewerLeft:"Go back to the page that brought you here to open i\
t again.",viewerRefused:"This view can't be opened: its link has expired or is not valid. Go back to the page that broug\
ht you here, and open it again."},noAccess:{title:"Nothing to see with this key",text:e=>`This page needs the scope ${e}\
, which the key does not have. Sign in with another key, or ask whoever manages the keys.`,has:"The key may:",nothing:"T\
he key may do nothing at all.",pages:"These pages are open:",viewerTitle:"Not in this view",viewerText:"This view has no\
 such page."},notFound:{title:"There is no such page",text:"No page has this address.",back:"Go to the timeline"},timeline:{
title:"Timeline",search:"Search",placeholder:"Search by any word, or “by a phrase”",allTypes:"All",types:"Type",results:"\
Activities",actorType:"Kind of actor",actor:"Who (id)",actorHint:"Such as jane, or service:crm",recordType:"Kind of reco\
rd",recordId:"Record (id)",recordHint:"Goes with the kind of record",source:"Source",from:"From",to:"To",record:(e,t)=>`\
Show only what is about ${e} ${t}`,limited:"This view is limited to",fresh:(e,t)=>`${e}${t?" or more":""} new since then`,
showFresh:(e,t)=>`Show ${e}${t?" or more":""} new ${Ve(e,"activity","activities")}`,invalid:"Correct what is marked, and\
 the list comes back.",nothing:"Nothing matches",nothingText:"Try fewer words or other filters. Every word has to be in \
the activity.",suggested:"No activity has all of these words, but some have most of them.",suggestions:"Searches with fe\
wer words",empty:"Nothing has been logged yet",emptyViewer:"What is logged is here from then on.",emptyText:"What people\
, programs and agents log is here a moment later.",emptyReader:"Programs log with POST /v1/activities. The key needs the\
 scope activity:write."},record_page:{title:"Activity",body:"Text",records:"Related records",fields:"Fields",mentions:"M\
entions",completion:"Completion",completedAt:"Completed",scheduled:"Scheduled activity",details:"Details",id:"Id",tenant:"\
Workspace",type:"Type",occurredAt:"Happened",loggedAt:"Logged",source:"Source",actor:"Who",authenticatedAs:"Through the \
key of",onBehalfOf:"On behalf of",lastAgent:"Agent",trail:"Audit trail",openTrail:"Open it in the audit trail",trailEmpty:"\
The trail has no event about it.",notFoundText:"There is no activity with this id, or it is not yours to see.",yes:"Yes",
no:"No",maybe:"Maybe",nothing:"None"},log:{title:"Log an activity",as:"It is logged as done by",type:"Type",choose:"Choo\
se",summary:"Summary",summaryHint:"What happened, in a line. Up to 500 characters.",body:"Text (optional)",bodyHint:"All\
 that is to be found later. Up to 65,536 characters.",recordType:"Kind of record (optional)",recordId:"Id of the record",
recordHint:"Such as con_123. The record has to be known.",none:"None",occurredAt:"When (optional)",occurredAtHint:e=>`In\
 the time of ${e}. Left out, it is now.`,advanced:"For retries",key:"Idempotency key",keyHint:"The same key makes one ac\
tivity, however often it is sent.",submit:"Log it",working:"Logging…",done:"Logged.",doneUnread:"It is logged. Your ke\
y may not read activities, so this is all to be seen of it:",used:(e,t)=>`${e.toLocaleString("en")} of ${t.toLocaleString(
"en")} characters`,summaryTitle:e=>`${e} ${Ve(e,"thing","things")} to correct`,rules:{type:"choose what kind of thing ha\
ppened",summary:"write what happened",summaryLong:"must not have more than 500 characters",bodyLong:"must not have more \
than 65,536 characters",recordType:"choose the kind of the record, or take its id away",recordId:"write the id of the re\
cord, or choose none",occurredAt:"write date and time in full, or leave both out",occurredNever:"choose another time: cl\
ocks were put forward over this one",occurredEarly:"must not be before 1970",occurredLate:"must not be more than 24 hour\
s from now",key:"must not have more than 255 bytes"},lost:"It is not known whether it was logged. Try again: it is logge\
d once, however often you try.",conflict:"An earlier try was logged, with what you had written then. Look at the timelin\
e, or log this as another activity.",another:"Log as another activity",otherRecord:"You have begun this activity, about \
another record.",makeAbout:(e,t)=>`Make it about ${e} ${t}`,discard:"Discard"},filters:{title:"Filters",any:"Any",set:"F\
ilters that are set",goesWith:e=>`Fill this in, too: it goes with “${e}”.`,wholeDay:"Give the day, the month and the\
 year, from 1970 on.",remove:(e,t)=>`Remove the filter ${e}: ${t}`,clear:"Clear all"},pager:{loading:"Loading…",slow:"\
This takes longer than usual. It is tried for up to a minute.",older:"Show older",newer:"Show newer",newest:"Back to the\
 newest",end:"That is everything.",searching:"Nothing found yet. There is more to look through.",keepLooking:"Keep looki\
ng",shown:(e,t)=>`${e} ${Ve(e,"row","rows")} shown${t?", and there is more":""}`},problem:{retry:"Try again",request:e=>`\
Request ${e}`,titles:{offline:"No connection",timeout:"No answer",unexpected:"An unexpected answer",malformed:"The reque\
st could not be read",unauthorized:"The key is not accepted",forbidden:"Not allowed",not_found:"Not found",conflict:"Alr\
eady used",too_large:"Too large",invalid:"Please look at what is marked",rate_limited:"Too many requests",unavailable:"N\
ot available just now"},advice:{offline:"The server can't be reached. Look at your connection, and try again.",timeout:"\
The server took too long. Try again in a moment.",unexpected:"Something between you and the API may have answered in its\
 place.",malformed:"Reload the page, and try again.",unauthorized:"Sign in with another key.",forbidden:"This key may no\
t do this, or not from here.",not_found:"It does not exist, or it is not yours to see.",conflict:"The same key was used \
for another input.",too_large:"Make it shorter.",invalid:"",rate_limited:"The server asks for a pause.",unavailable:"Try\
 again in a moment. If it stays, tell whoever runs the service."},scope:e=>`The key lacks the scope ${e}.`,after:e=>`Try\
 again in ${e} ${Ve(e,"second","seconds")}.`},shortcuts:{title:"Keyboard",lead:"Everything can be reached with Tab and E\
nter. These are shorter:",enabled:"Use these single keys",keys:[["/","Search"],["j","The next row"],["k","The row before"],
["?","This help"]],hint:"They rest while you type. Switch them off if they get in the way of your screen reader or of sp\
eech input."}};var dr={user:pn,service:fn,agent:mn};function Ke(e){return e.display_name??e.id}function xt(e){return`${e.type}:${e.id}`}
function _t(e,t){let o=Ke(e),r=[ne(...dr[e.type]),n("span",{class:e.type==="user"?"visually-hidden":"actor-type"},`${a.actor[e.
type]} `),n("span",{dir:"auto",class:"name"},o)],i=`${a.actor[e.type]} ${e.id}`;if(t===void 0)return n("span",{class:"ac\
tor",title:i},r);let s=new URLSearchParams(t.parameters);return s.set("actor_id",xt(e)),s.delete("actor_type"),n("a",{class:"\
actor",href:$(t.path,s),title:a.actor.filter(o)},r)}function re(e,t){return n("span",{class:"deed"},_t(e.actor,t),e.on_behalf_of!==
void 0&&[n("span",{class:"joint"},` ${a.actor.onBehalfOf} `),_t(e.on_behalf_of,void 0)],e.authenticated_as!==void 0&&[n(
"span",{class:"joint"},` ${a.actor.through} `),_t(e.authenticated_as,void 0)])}var Z=class extends Error{constructor(o,r,i={}){super(r);this.failure=o;this.status=i.status,this.requestId=i.requestId,
this.requiredScope=i.requiredScope,this.fieldErrors=i.fieldErrors??[],this.retryAfterMs=i.retryAfterMs}failure;name="Api\
Error";status;requestId;requiredScope;fieldErrors;retryAfterMs};function Q(e){return e instanceof DOMException&&e.name===
"AbortError"}function B(e){return e instanceof Z?e:new Z("unexpected",e instanceof Error?e.message:String(e))}function X(e,t){return e.viewer?t==="activity:read":e.me.scopes.includes(t)}function ee(e){return n("h1",{tabindex:"-1"},
e)}function Tt(){return[...crypto.getRandomValues(new Uint8Array(16))].map(t=>t.toString(16).padStart(2,"0")).join("")}function Ge(){
let e;return{keyFor(t){let o=JSON.stringify(t);return e?.json!==o&&(e={json:o,key:`pages-${Tt()}`}),e.key},accepted(){e=
void 0}}}function D(e,t){e.id||=de("field");let o=t.hint===void 0?void 0:n("p",{class:"hint"},t.hint),r=n("p",{class:"violation",
id:`${e.id}-violation`});return r.hidden=!0,o!==void 0&&(o.id=`${e.id}-hint`,e.setAttribute("aria-describedby",o.id)),{element:n(
"div",{class:["field",t.class].filter(Boolean).join(" ")},n("label",{for:e.id},t.label),e,o,r),control:e,setError(i){r.hidden=
i===void 0,_(r,i);let s=[o?.id,i===void 0?void 0:r.id].filter(Boolean);s.length>0?e.setAttribute("aria-describedby",s.join(
" ")):e.removeAttribute("aria-describedby"),i===void 0?e.removeAttribute("aria-invalid"):e.setAttribute("aria-invalid","\
true")}}}function xe(e,t,o){return n("select",{name:e},n("option",{value:""},t),o.map(r=>n("option",{value:r.value},r.label)))}
function se(e,t){let o=new Map,r=[];for(let{field:s,message:d}of t)e.has(s)?o.set(s,[...o.get(s)??[],d]):r.push(s==="$"?
d:`${s}: ${d}`);let i;for(let[s,d]of e){let c=o.get(s);d.setError(c?.join("; ")),c!==void 0&&(i??=d.control)}return{first:i,
rest:r}}var cr=8e3;function Ae(e){let t=n("p",{class:"loading",...e},a.pager.loading);return gn(t),t}function he(){let e=n("p",{
class:"hint",role:"status"});return gn(e),e}function gn(e){let t=new WeakRef(e);setTimeout(()=>{let o=t.deref();o?.isConnected&&
_(o,a.pager.slow)},cr)}function At(e){if(e.requiredScope!==void 0)return a.problem.scope(e.requiredScope);if(e.retryAfterMs!==void 0&&e.retryAfterMs>
0)return a.problem.after(Math.ceil(e.retryAfterMs/1e3));if(e.failure==="invalid"||e.failure==="malformed"){let t=e.fieldErrors.
map(({field:o,message:r})=>`${o}: ${r}`);return t.length>0?t.join("; "):e.message}return a.problem.advice[e.failure]}function te(e,t){
return n("div",{class:"problem",role:"alert","data-failure":e.failure},n("p",{class:"problem-title"},a.problem.titles[e.
failure]),n("p",{},At(e)),e.requestId!==void 0&&n("p",{class:"fine"},a.problem.request(e.requestId)),t!==void 0&&n("butt\
on",{type:"button",on:{click:t}},a.problem.retry))}function Ee(e,t){let o=te(e,t);if(e.failure==="offline"){let r=()=>o.
isConnected&&t();window.addEventListener("online",r,{once:!0})}return o}var ge=navigator.languages.find(e=>/^en\b/i.test(e))??"en-GB",lr=new Intl.DateTimeFormat(ge,{hour:"2-digit",minute:"2-di\
git"}),ur=new Intl.DateTimeFormat(ge,{dateStyle:"medium"}),wn=new Intl.DateTimeFormat(ge,{dateStyle:"medium",timeStyle:"\
short"}),pr=new Intl.DateTimeFormat(ge,{dateStyle:"full",timeStyle:"long"}),fr=new Intl.DateTimeFormat(ge,{weekday:"long",
day:"numeric",month:"long"}),mr=new Intl.DateTimeFormat(ge,{dateStyle:"full"});function $e(e,t){let o=new Date(t);return Number.
isNaN(o.getTime())?t:e.format(o)}function Ne(e){return e.replace("T"," ").replace(/Z$/," UTC")}function Et(e,t){return n(
"time",{datetime:t,title:Ne(t)},$e(e,t))}var Ye=e=>Et(lr,e),ae=e=>Et(wn,e),pe=e=>Et(pr,e),Te=e=>$e(wn,e),bn=e=>$e(ur,e);
function ce(e){let t=(o,r)=>String(o).padStart(r,"0");return`${t(e.getFullYear(),4)}-${t(e.getMonth()+1,2)}-${t(e.getDate(),
2)}`}function St(e,t){let o=new Date(e),r=new Date,i=new Date(r);return i.setDate(r.getDate()-1),ce(o)===ce(r)?t.today:ce(
o)===ce(i)?t.yesterday:$e(o.getFullYear()===r.getFullYear()?fr:mr,e)}function ze(e,t=0){let o=/^(\d{4})-(\d{2})-(\d{2})$/.
exec(e);if(o===null)return;let r=new Date(2e3,0,1);return r.setFullYear(Number(o[1]),Number(o[2])-1,Number(o[3])+t),Number.
isNaN(r.getTime())?void 0:r.toISOString()}function vn(e){let t=new Date(e),o=/T(\d{2}):(\d{2})/.exec(e);return o!==null&&
!Number.isNaN(t.getTime())&&(t.getHours()!==Number(o[1])||t.getMinutes()!==Number(o[2]))}var yr=new Intl.DateTimeFormat(
ge,{dateStyle:"long",timeZone:"UTC"});function kn(e){return n("time",{datetime:e},$e(yr,e))}var _n=new Intl.DateTimeFormat(
ge).resolvedOptions().timeZone;var O=a.log,xn=500,Tn=65536,hr=255,gr=1440*60*1e3,Je;function Xe(){Je=void 0}function wr({me:e}){let t=[e.actor,e.authenticated_as,
e.on_behalf_of],o=JSON.stringify([e.tenant_id,t.map(r=>r&&xt(r))]);return Je?.owner!==o&&(Je={owner:o,draft:new Map}),Je.
draft}var An=e=>Object.entries(e).map(([t,o])=>({value:t,label:o})),De=["related_resource_type","related_resource_id"];function Rt(e){
let t=0;for(let o of e)t+=1;return t}function br(){let e=(t,o={})=>n("input",{type:"text",name:t,autocomplete:"off",...o});
return new Map([["type",D(xe("type",O.choose,An(a.category)),{label:O.type})],["summary",D(e("summary",{dir:"auto"}),{label:O.
summary,hint:O.summaryHint,class:"wide"})],["body",D(n("textarea",{name:"body",rows:8,dir:"auto"}),{label:O.body,hint:O.
bodyHint,class:"wide"})],["related_resource_type",D(xe("related_resource_type",O.none,An(a.record)),{label:O.recordType})],
["related_resource_id",D(e("related_resource_id",{spellcheck:"false",autocapitalize:"none"}),{label:O.recordId,hint:O.recordHint})],
["occurred_at",D(n("input",{type:"datetime-local",name:"occurred_at",step:1}),{label:O.occurredAt,hint:O.occurredAtHint(
_n)})],["idempotency_key",D(e("idempotency_key",{spellcheck:"false",class:"code"}),{label:O.key,hint:O.keyHint})]])}function En(e,t){
let o=wr(e),r=new AbortController,i=br(),s=!1,d=h=>i.get(h)?.control,c=h=>d(h)?.value??"";function y(){let h=d("idempote\
ncy_key");h!==void 0&&(h.value=`pages-${Tt()}`,o.set("idempotency_key",h.value))}function m(){for(let h of i.keys())o.set(
h,c(h))}let x=h=>t.parameters.get(h)??"",v=De.some(h=>(o.get(h)??"")!==""),T=v&&De.some(h=>x(h)!==(o.get(h)??""));for(let[
h,{control:u}]of i)u.value=De.includes(h)&&!v?x(h):o.get(h)??"",u.addEventListener("input",m);c("idempotency_key")===""&&
y();function l(){let[h="",u=""]=De.map(x),w=a.record[h]??h,E=n("div",{class:"notice"},n("p",{},O.otherRecord),n("button",
{type:"button",on:{click:()=>{for(let P of De){let R=d(P);R!==void 0&&(R.value=x(P))}m(),E.remove(),d("related_resource_\
id")?.focus()}}},O.makeAbout(w,u)));return E}function p(h,u){let w=n("p",{class:"hint counter"}),E=()=>{let P=Rt(c(h));_(
w,P>u*.8&&O.used(P,u)),w.classList.toggle("violation",P>u)};i.get(h)?.element.append(w),d(h)?.addEventListener("input",E),
E()}p("summary",xn),p("body",Tn);let f=n("div",{class:"summary"}),g=n("details",{class:"more wide"},n("summary",{},O.advanced),
i.get("idempotency_key")?.element);function L(h){let{first:u,rest:w}=se(i,h);h.some(({field:R})=>R==="idempotency_key")&&
(g.open=!0);let E=de("violations"),P=n("div",{class:"problem",role:"alert",tabindex:"-1","aria-labelledby":E},n("h2",{id:E},
O.summaryTitle(h.length)),n("ul",{},[...i].flatMap(([R,q])=>h.filter(J=>J.field===R).map(({message:J})=>n("li",{},n("but\
ton",{type:"button",class:"link",on:{click:()=>q.control.focus()}},`${q.element.querySelector("label")?.textContent}: ${J}`)))),
w.map(R=>n("li",{},R))));_(f,P),(h.length===1&&u!==void 0?u:P).focus()}function S(h){if(h.fieldErrors.length>0){L(h.fieldErrors);
return}let u=["offline","timeout","unavailable","unexpected"].includes(h.failure);h.failure==="conflict"?_(f,n("div",{class:"\
problem",role:"alert"},n("p",{class:"problem-title"},a.problem.titles.conflict),n("p",{},O.conflict),n("div",{class:"act\
ions"},n("a",{class:"button",href:"#/"},a.notFound.back),n("button",{type:"button",on:{click:()=>{y(),H()}}},O.another)))):
_(f,te(h,()=>{H()}),u&&n("p",{class:"fine"},O.lost)),f.querySelector("button, a")?.focus()}function A(){let h={};for(let u of i.
keys()){let w=u==="summary"||u==="body"?c(u):c(u).trim();w!==""&&(h[u]=u==="occurred_at"?new Date(w).toISOString():w)}return h}
function M(){let h=[],u=(Oe,Fe,gt)=>{Fe&&h.push({field:Oe,message:gt})},w=d("occurred_at"),E=Date.parse(c("occurred_at")),
P=w instanceof HTMLInputElement&&w.validity.badInput,R=c("related_resource_type")!=="",q=c("related_resource_id").trim()!==
"",J=new TextEncoder().encode(c("idempotency_key").trim());return u("type",c("type")==="",O.rules.type),u("summary",c("s\
ummary").trim()==="",O.rules.summary),u("summary",Rt(c("summary"))>xn,O.rules.summaryLong),u("body",Rt(c("body"))>Tn,O.rules.
bodyLong),u("related_resource_type",q&&!R,O.rules.recordType),u("related_resource_id",R&&!q,O.rules.recordId),u("occurre\
d_at",P,O.rules.occurredAt),u("occurred_at",vn(c("occurred_at")),O.rules.occurredNever),u("occurred_at",E<0,O.rules.occurredEarly),
u("occurred_at",E>Date.now()+gr,O.rules.occurredLate),u("idempotency_key",J.length>hr,O.rules.key),h}let I=n("button",{type:"\
submit",class:"primary"},O.submit);async function H(){if(s)return;let h=M();if(h.length>0){L(h);return}c("idempotency_ke\
y").trim()===""&&y(),s=!0,I.setAttribute("aria-disabled","true"),_(I,O.working),_(f,he()),se(i,[]);try{let{activity:u}=await e.
client.logActivity(A(),r.signal);X(e,"activity:read")?(Xe(),e.announce(O.done),e.go($(["activities",u.id]),"replace")):z(
u.id)}catch(u){Q(u)||S(B(u))}finally{s=!1,I.removeAttribute("aria-disabled"),_(I,O.submit)}}function z(h){for(let{control:w}of i.
values())w.value="",w.dispatchEvent(new Event("input"));y();let u=n("div",{class:"notice",role:"status",tabindex:"-1"},n(
"p",{},O.doneUnread),n("p",{},n("code",{},h)));_(f,u),u.focus()}function b(){Xe(),e.go("#/")}let C=n("div",{class:"log-p\
age stack"},ee(O.title),n("p",{class:"row-meta"},n("span",{class:"joint"},O.as),re(e.me)),T&&x("related_resource_id")!==
""&&l(),f,n("form",{class:"panel form-grid",novalidate:!0,on:{submit:h=>{h.preventDefault(),H()}}},[...i].filter(([h])=>h!==
"idempotency_key").map(([,{element:h}])=>h),g,n("div",{class:"actions wide"},n("button",{type:"button",on:{click:b}},O.discard),
I)));return{title:O.title,element:C,stop:()=>r.abort()}}function Sn(){return{title:a.notFound.title,element:n("div",{class:"narrow"},ee(a.notFound.title),n("p",{},a.notFound.text),
n("p",{},n("a",{href:"#/"},a.notFound.back)))}}function Rn(e,{me:t,viewer:o},r){let i=o?a.noAccess.viewerTitle:a.noAccess.
title,s=r.flatMap(({path:d,nav:c,action:y})=>{let m=c??y;return m===void 0?[]:[n("li",{},n("a",{href:$(d)},m))]});return{
title:i,element:n("div",{class:"narrow"},ee(i),o?n("p",{},a.noAccess.viewerText):vr(e,t),s.length>0&&[n("p",{},a.noAccess.
pages),n("ul",{class:"dotted"},s)])}}function vr(e,t){return[n("p",{},a.noAccess.text(e)),t.scopes.length===0?n("p",{},a.
noAccess.nothing):[n("p",{},a.noAccess.has),n("ul",{class:"dotted"},t.scopes.map(o=>n("li",{},n("code",{},o),` – ${a.scope[o]}`)))]]}
function Pn(){return{title:a.product,element:Ae({role:"status"})}}function Ln(e,t){return{title:a.product,element:n("div",
{class:"narrow"},ee(a.product),Ee(e,t))}}function Cn(){let e=n("div",{class:"visually-hidden",role:"status","aria-live":"polite"});return{element:e,announce(t){e.
textContent=e.textContent===t?`${t} `:t}}}function ye(e){let t=de("dialog"),o=document.activeElement,r=n("dialog",{class:"dialog","aria-labelledby":t,on:{keydown:i=>{
i.key==="Escape"&&e.mayClose?.()===!1&&i.preventDefault()},cancel:i=>{e.mayClose?.()===!1&&i.preventDefault()},close:()=>{
r.remove(),o instanceof HTMLElement&&o.isConnected&&o.focus(),e.closed?.()}}},n("h2",{id:t,tabindex:"-1",autofocus:!0},e.
title),n("div",{class:"dialog-content"},e.content),n("div",{class:"actions"},n("button",{type:"button",on:{click:()=>{e.
mayClose?.()!==!1&&r.close()}}},e.closeLabel??a.close),e.actions));return document.body.appendChild(r),r.showModal(),{close:()=>r.
close()}}var Pt="activity-log.shortcuts-off";function In(){try{return window.localStorage.getItem(Pt)!==null}catch{return!1}}function kr(e){
try{e?window.localStorage.setItem(Pt,"1"):window.localStorage.removeItem(Pt)}catch{}}function _r(e){return e instanceof HTMLElement&&
(e.isContentEditable||e.matches("input, select, textarea"))}function Mn(e){let t=[...document.querySelectorAll("[data-ro\
w]")],o=document.activeElement,r=t.findIndex(s=>s===o||s.parentElement?.contains(o)),i=t[r<0?e>0?0:t.length-1:r+e];i?.focus(),
i?.scrollIntoView({block:"nearest"})}function Lt(){let e=In();ye({title:a.shortcuts.title,content:[n("p",{},a.shortcuts.
lead),n("dl",{class:"keys"},a.shortcuts.keys.map(([t,o])=>[n("dt",{},n("kbd",{},t)),n("dd",{},o)])),n("label",{class:"ti\
ck"},n("input",{type:"checkbox",checked:!e,on:{change:t=>kr(!t.target.checked)}}),a.shortcuts.enabled),n("p",{class:"hin\
t"},a.shortcuts.hint)]})}function On(){document.addEventListener("keydown",e=>{let t=e.ctrlKey||e.metaKey||e.altKey;if(!(e.
defaultPrevented||t||_r(e.target)||In())&&document.querySelector("dialog[open]")===null){switch(e.key){case"/":{let o=document.
querySelector("input[type=search]");if(o===null)return;o.focus();break}case"j":Mn(1);break;case"k":Mn(-1);break;case"?":
Lt();break;default:return}e.preventDefault()}})}var xr=10080*60*1e3;function Tr(e){return e!==void 0&&Date.parse(e)-Date.now()<xr}function Ct(e){return n("a",{href:"doc\
s",target:"_blank",rel:"noopener"},e,n("span",{class:"visually-hidden"},` ${a.nav.newTab}`))}function Fn(e,t,o){let r=Cn(),
i=n("header",{class:"header"}),s=n("main",{id:"content",class:"main",tabindex:"-1"}),d=n("a",{class:"skip",href:"#conten\
t",on:{click:m=>{m.preventDefault(),s.focus()}}},a.skipToContent);_(e,d,i,s,r.element);function c(m){let x=X(m,"activity\
:read"),v=t.filter(l=>X(m,l.scope)).map(l=>({path:l.path,name:l.nav??(x?null:l.action)})).filter(({name:l})=>l).map(({path:l,
name:p})=>n("li",{},n("a",{href:$(l),"data-page":l.join("/")},p))),T=!m.viewer&&n("li",{},Ct(a.nav.reference));return n(
"nav",{"aria-label":a.navigation},n("ul",{},v,T))}function y({me:m}){return n("div",{class:"account"},n("p",{class:"acco\
unt-name"},n("span",{class:"visually-hidden"},`${a.account.label}: `),re(m),n("span",{class:"fine"},n("span",{class:"vis\
ually-hidden"},` ${a.account.tenant} `),n("span",{},m.tenant_id),Tr(m.expires_at)&&[" · ",n("span",{},a.account.endsAt(
"")),ae(m.expires_at)])),n("button",{type:"button",class:"quiet",on:{click:o}},a.nav.signOut))}return{announce:r.announce,
showAccount(m){let x=n("a",{class:"brand",href:"#/"},ne(...dn),a.product),v=n("button",{type:"button",class:"quiet help",
"aria-label":a.nav.help,title:a.nav.help,on:{click:Lt}},"?");m===void 0?_(i,n("div",{class:"bar"},x,v)):_(i,n("div",{class:"\
bar"},x,c(m),v,y(m)))},showPage(m,x,v){document.title=m.title===a.product?m.title:`${m.title} – ${a.product}`,_(s,m.element);
for(let T of i.querySelectorAll("a[data-page]"))T.dataset.page===x.join("/")?T.setAttribute("aria-current","page"):T.removeAttribute(
"aria-current");window.scrollTo({top:0,behavior:"instant"}),v&&document.hasFocus()&&(s.querySelector("[data-focus], h1")??
s).focus()}}}function Hn(e,t){return n("a",{class:"button main-action",href:e},ne(...ln),t)}var Ar=/^[\x21-\x7e]+$/;function Er(e,t){switch(e){case"none":return t?a.signIn.viewerLeft:void 0;case"signed_out":return t?
a.signIn.viewerLeft:a.signIn.signedOut;case"expired":return t?a.signIn.viewerExpired:a.signIn.expired;case"refused":return t?
a.signIn.viewerRefused:a.signIn.ended}}function Kn(e){let t=Er(e.ending,e.viewer),o=n("div",{class:"sign-in"}),r=ee(a.signIn.
title),i=t!==void 0&&n("p",{class:"notice",role:"alert"},t);if(e.viewer){let l=n("button",{type:"button",class:"link",on:{
click:e.useKey}},a.signIn.useKey);return _(o,ee(a.signIn.viewerTitle),i,n("p",{},l)),{title:a.signIn.viewerTitle,element:o}}
let s=D(n("input",{name:"key",type:"password",autocomplete:"off",autocapitalize:"none",spellcheck:"false",required:!0,class:"\
code"}),{label:a.signIn.key,hint:a.signIn.keyHint}),d=n("input",{type:"checkbox",on:{change:()=>{s.control.type=d.checked?
"text":"password"}}}),c=D(n("input",{name:"user",type:"text",autocomplete:"off",autocapitalize:"none",spellcheck:"false"}),
{label:a.signIn.user,hint:a.signIn.userHint}),y=n("input",{type:"checkbox",name:"keep"}),m=n("button",{type:"submit",class:"\
primary"},a.signIn.submit),x=n("div"),v=!1;async function T(){if(v)return;let l=s.control.value.trim();if(!Ar.test(l)){s.
setError(l===""?a.signIn.missing:a.signIn.notAKey),s.control.focus();return}let p=c.control.value.trim();s.setError(void 0),
_(x,he()),v=!0,m.setAttribute("aria-disabled","true"),_(m,a.signIn.working);try{await e.signIn(p===""?{token:l}:{token:l,
user:p},y.checked)}catch(f){let g=B(f);_(x),g instanceof Z&&g.failure==="unauthorized"?(s.setError(a.signIn.refused),s.control.
focus()):g.failure==="invalid"?c.setError(At(g)):_(x,te(g))}finally{v=!1,m.removeAttribute("aria-disabled"),_(m,a.signIn.
submit)}}return _(o,r,n("p",{class:"lead"},a.signIn.lead),i,n("form",{class:"panel stack",novalidate:!0,on:{submit:l=>{l.
preventDefault(),T()}}},s.element,n("label",{class:"tick"},d,a.signIn.show),c.element,n("label",{class:"tick"},y,a.signIn.
keep),n("p",{class:"hint"},a.signIn.keepHint),x,n("div",{class:"actions"},m)),n("p",{class:"fine"},Ct(a.signIn.reference))),
{title:a.signIn.title,element:o}}function Mt(e,...t){let o=n("p",{class:"violation",id:de("violation"),hidden:!0}),r=e.hint===void 0?void 0:n("p",{class:"\
hint",id:de("hint")},e.hint),i=n("fieldset",{class:"group"},n("legend",{},e.legend),t,r,o);function s(...d){let c=d.filter(
y=>y!==void 0);c.length>0?i.setAttribute("aria-describedby",c.join(" ")):i.removeAttribute("aria-describedby")}return s(
r?.id),{element:i,control:e.control,setError(d){o.hidden=d===void 0,_(o,d),s(r?.id,d===void 0?void 0:o.id),d===void 0?e.
control.removeAttribute("aria-invalid"):e.control.setAttribute("aria-invalid","true")}}}function It(e,...t){let o=n("inp\
ut",e);return{element:n("label",{class:"tick"},o,n("span",{},t)),control:o}}function $n(e){return e.split(`
`).map(t=>t.trim()).filter(t=>t!=="")}function Ot(e){let t=new Date(e);return Number.isNaN(t.getTime())?e:t.toISOString()}
function Nn(e){let t=$n(e.ranges),o=e.users==="these"?$n(e.userIds):[],r=e.actorType!=="user"&&e.users!=="anybody";return{
actor:{type:e.actorType,id:e.actorId.trim()},scopes:[...e.scopes],...e.name.trim()===""?{}:{name:e.name.trim()},...e.expires===
""?{}:{expires_at:Ot(e.expires)},...t.length===0?{}:{address_ranges:t},...r?{users:o}:{}}}function Dn({field:e,message:t}){
return{field:e==="actor"?"actor.id":e,message:t.replace(/^element (\d+): /,(o,r)=>a.keys.form.entry(Number(r)+1))}}var K=a.keys.form;function Ft(e,t,o){let r=D(n("input",{name:e,type:"datetime-local"}),{label:t,hint:o});return{...r,isWhole(){
let i=!r.control.validity.badInput;return r.setError(i?void 0:K.notATime),i}}}function Ht(e){ye({title:K.leftTitle,content:[
te(e),n("p",{},K.leftText)]})}function Sr({actor:e}){return e.type==="agent"?["agent"]:["user","service","agent"]}function Un(e){
let{me:t}=e,o=Ge(),r={autocomplete:"off",autocapitalize:"none",spellcheck:"false"},i=D(n("input",{name:"name",type:"text",
dir:"auto",...r}),{label:K.name,hint:K.nameHint}),s=D(xe("actor.type",K.choose,Sr(t).map(w=>({value:w,label:K.types[w]}))),
{label:K.type}),d=D(n("input",{name:"actor.id",type:"text",dir:"auto",...r}),{label:K.id,hint:K.idHint}),c=t.scopes.map(
w=>It({type:"checkbox",name:"scopes",value:w},n("code",{},w),` – ${a.scope[w]}`)),y=Mt({legend:K.scopes,control:c[0]?.
control??n("input")},c.map(({element:w})=>w)),m=Ft("expires_at",t.expires_at===void 0?K.expires:K.expiresHere,t.expires_at===
void 0?K.expiresHint:K.expiresOwn(Te(t.expires_at))),x=D(n("textarea",{name:"address_ranges",rows:2,class:"code",...r}),
{label:K.ranges,hint:K.rangesHint}),v=(w,E)=>It({type:"radio",name:"users",value:w},E),T=v("anybody",K.usersAnybody),l=v(
"nobody",K.usersNobody),p=v("these",K.usersThese),f=D(n("textarea",{name:"user_ids",rows:3,dir:"auto",...r}),{label:K.usersIds,
hint:K.usersHint}),g=Mt({legend:K.users,control:T.control},T.element,l.element,p.element,f.element),L=new Map([["name",i],
["actor.type",s],["actor.id",d],["scopes",y],["expires_at",m],["address_ranges",x],["users",g]]);function S(){g.element.
hidden=s.control.value==="user",f.element.hidden=!p.control.checked}function A(){let w=[l,p].find(({control:E})=>E.checked)?.
control.value;return{name:i.control.value,actorType:s.control.value,actorId:d.control.value,scopes:t.scopes.filter((E,P)=>c[P]?.
control.checked),expires:m.control.value,ranges:x.control.value,users:w??"anybody",userIds:f.control.value}}let M=n("but\
ton",{type:"submit",class:"primary"}),I=n("div");function H(w){M.disabled=w,_(M,w?K.working:K.submit)}function z(){let w=[],
E=(J,Oe,Fe)=>{Oe&&w.push({field:J,message:Fe})},P=m.control.value,R=!m.control.validity.badInput,q=P===""||Date.parse(P)>
Date.parse(t.expires_at??"");return E("actor.type",s.control.value==="",K.noType),E("actor.id",d.control.value.trim()===
"",K.noId),E("scopes",c.every(({control:J})=>!J.checked),K.noScope),E("expires_at",!R,K.notATime),t.expires_at!==void 0&&
E("expires_at",R&&q,K.expiresBy(Te(t.expires_at))),w}async function b(){if(M.disabled)return;_(I);let{first:w}=se(L,z());
if(w!==void 0){w.focus();return}let E=Nn(A());H(!0);try{let P=await e.client.createKey(E,o.keyFor(E));o.accepted(),e.made(
P)}catch(P){C(P)}finally{H(!1)}}function C(w){let E=B(w);if(!u.isConnected){Ht(E);return}let P=E.fieldErrors.map(Dn),{first:R,
rest:q}=se(L,P);(R===void 0||q.length>0)&&_(I,te(E)),R?.focus()}let h=n("h2",{tabindex:"-1"},K.title),u=n("form",{class:"\
stack",novalidate:!0,on:{submit:w=>{w.preventDefault(),b()},change:S}},i.element,n("div",{class:"pair"},s.element,d.element),
y.element,g.element,n("div",{class:"pair"},m.element,x.element),I,n("div",{class:"actions"},n("button",{type:"button",on:{
click:e.cancelled}},a.cancel),M));return{element:n("section",{class:"panel stack","aria-label":K.title},n("div",{},h,n("\
p",{class:"hint"},K.lead)),u),begin(){u.reset(),se(L,[]),_(I),H(!1),t.actor.type==="user"?(p.control.checked=!0,f.control.
value=t.actor.id):T.control.checked=!0,S(),h.focus()}}}var{secret:fe,rotating:le,revoking:Se}=a.keys;function we(e){return e.name??a.keys.unnamed(e.key_id)}function qn({key:e,
secret:t},o){if(t===void 0){ye({title:fe.lostTitle,content:[n("p",{class:"notice",dir:"auto"},we(e)),n("p",{},fe.lost)],
closed:o});return}let r=n("p",{role:"status",class:"hint"}),i=!1,s=D(n("textarea",{class:"code",rows:3,readonly:!0,spellcheck:"\
false",dir:"ltr"},t),{label:fe.label});s.control.addEventListener("copy",()=>{i=!0});async function d(){try{await navigator.
clipboard.writeText(s.control.value),i=!0,_(r,fe.copied)}catch{s.control.select(),_(r,fe.selected)}}ye({title:fe.made,content:[
n("p",{class:"name",dir:"auto"},we(e)),n("p",{class:"notice warn"},fe.warning),s.element,r],actions:[n("button",{type:"b\
utton",class:"primary",on:{click:()=>{d()}}},fe.copy)],closeLabel:fe.done,mayClose(){let c=i;return i=!0,_(r,!c&&fe.notCopied),
c},closed:()=>{s.control.value="",_(s.control),o()}})}function jn({client:e,key:t,own:o,left:r},i){let s=Ge(),d=D(n("sel\
ect",{name:"overlap_seconds"},le.overlaps.map(([p,f])=>n("option",{value:p,selected:p===86400},f))),{label:le.overlap,hint:le.
overlapHint}),c=Ft("expires_at",le.expires,le.expiresHint),y=new Map([["overlap_seconds",d],["expires_at",c]]),m=n("div"),
x=n("button",{type:"submit",class:"primary"},le.submit);async function v(){if(x.disabled)return;if(_(m),!c.isWhole()){c.
control.focus();return}let p={overlap_seconds:Number(d.control.value),...c.control.value===""?{}:{expires_at:Ot(c.control.
value)}};x.disabled=!0,_(x,le.working);try{let f=await e.rotateKey(t.key_id,p,s.keyFor(p));l.close(),i(f)}catch(f){let g=B(
f);if(!T.isConnected){Ht(g);return}let{first:L,rest:S}=se(y,g.fieldErrors);(L===void 0||S.length>0)&&_(m,te(g)),L?.focus()}finally{
x.disabled=!1,_(x,le.submit)}}let T=n("form",{class:"stack",id:de("rotate"),novalidate:!0,on:{submit:p=>{p.preventDefault(),
v()}}},d.element,c.element,m);x.setAttribute("form",T.id);let l=ye({title:le.title(we(t)),content:[n("p",{},le.text),o&&
n("p",{class:"notice warn"},le.own),T],closeLabel:a.cancel,actions:[x]});r.addEventListener("abort",()=>l.close(),{once:!0})}
function Wn({client:e,key:t,own:o,left:r},i){let s=n("div"),d=n("button",{type:"button",class:"danger",on:{click:()=>{c()}}},
Se.submit);async function c(){if(!d.disabled){_(s),d.disabled=!0,_(d,Se.working);try{let m=await e.revokeKey(t.key_id);y.
close(),i(m.key)}catch(m){_(s,te(B(m)))}finally{d.disabled=!1,_(d,Se.submit)}}}let y=ye({title:Se.title(we(t)),content:[
n("p",{},Se.text),o&&n("p",{class:"notice warn"},Se.own),s],closeLabel:a.cancel,actions:[d]});r.addEventListener("abort",
()=>y.close(),{once:!0})}function Ze(e,t){if(e.revoked_at!==void 0)return"revoked";let o=e.expires_at===void 0?Number.POSITIVE_INFINITY:Date.parse(
e.expires_at);return o<=t?"ended":e.replaced_by!==void 0?"rotated":o-t<=12096e5?"expires_soon":"active"}function Bn(e,t){
return e.replaced_by===void 0&&Ze(e,t)!=="revoked"}function Vn(e,t){let o=Ze(e,t);return o!=="revoked"&&o!=="ended"}var Rr=400*
24*60*60*1e3;function Gn(e,t){return t-Date.parse(e.created_at)<Rr}var Yn={behind:[],cursor:null},zn=6,Jn=500,Pr=10,Lr="800px";function Cr(e){return[...e.querySelectorAll("h2, h3, p")].map(
({textContent:o})=>o).map(o=>o.replace(/[^.]$/,"$&.")).join(" ")}function be(e){let t=[],o=[],r,i,s=n("div",{class:"page\
s"}),d=n("div",{class:"pager-edge"}),c=n("div",{class:"pager-edge"}),y=n("div",{class:"pager",tabindex:"-1"},d,s,c),m=new IntersectionObserver(
u=>{for(let w of u)w.isIntersecting&&i===void 0&&(w.target===c&&c.dataset.state==="more"?H():w.target===d&&d.dataset.state===
"more"&&b())},{rootMargin:`${Lr} 0px`});function x(u){m.unobserve(u),m.observe(u)}function v(u,w,...E){let P=u.contains(
document.activeElement);u.dataset.state=w,_(u,...E),u.hidden=E.length===0,P&&u.querySelector("button, a[href], [tabindex\
]")?.focus({preventScroll:!0})}function T(u,w){return n("button",{type:"button",class:"quiet",on:{click:w}},u)}function l(){
if(o.length>0){let u=T(a.pager.newest,()=>h(Yn,()=>{window.scrollTo({top:0,behavior:"instant"}),I(s)}));v(d,"more",T(a.pager.
newer,()=>{b(!0)}),u),x(d)}else v(d,"none");t.length===0?v(c,"empty",e.empty()):r!==void 0?(v(c,"more",T(a.pager.older,()=>{
H(!0)})),x(c)):e.end!==void 0?v(c,"end",n("p",{class:"fine"},e.end)):v(c,"end")}function p(u,w,E){let P=B(w);e.failed?.(
P)!==!0?v(u,"failed",Ee(P,E)):v(u,"failed")}async function f(u,w,E){i?.abort();let P=new AbortController;i=P,y.setAttribute(
"aria-busy","true"),v(u,"loading",Ae({tabindex:"-1"}));try{return await E(P.signal),!0}catch(R){return!Q(R)&&i===P&&(i=void 0,
p(u,R,w)),!1}finally{i===P&&(i=void 0),i===void 0&&y.removeAttribute("aria-busy")}}async function g(u,w){let E=u;for(let P=0;;P+=
1){let R=await e.load(E,w);if(w.throwIfAborted(),R.rows.length>0||R.next===void 0||P>=Pr)return{...R,cursor:E};E=R.next}}
function L(){return t.at(-1)?.rows.at(-1)}function S(u,w){let E=u?.getBoundingClientRect().top??0;w(),u?.isConnected&&window.
scrollBy({top:u.getBoundingClientRect().top-E,behavior:"instant"})}function A(){let{activeElement:u}=document;return s.contains(
u)?u.dataset.row??"":void 0}function M(u){let E=[...s.querySelectorAll("[data-row]")].find(({dataset:P})=>P.row===u);E===
void 0?I(s):E.focus({preventScroll:!0})}function I(u){(u.querySelector("a[href], button")??y).focus({preventScroll:!0})}
async function H(u=!1){let w=r;w!==void 0&&await f(c,()=>{H(u)},async E=>{let P=await g(w,E);if(r=P.next,P.rows.length>0){
let R={...P,element:e.render(P.rows,L())};S(t.at(-1)?.element.lastElementChild,()=>{for(s.appendChild(R.element),t.push(
R);t.length>zn;){let q=t.shift();q?.element.remove(),o.push(q?.cursor)}o=o.slice(-Jn)}),u&&I(R.element),e.announce(a.pager.
shown(P.rows.length,r!==void 0))}P.rows.length===0&&r!==void 0?z():l()})}function z(){v(c,"asks",n("p",{},a.pager.searching),
T(a.pager.keepLooking,()=>{H(!0)}))}async function b(u=!1){let w=t[0];o.length===0||w===void 0||await f(d,()=>{b(u)},async E=>{
let P=o.at(-1),R=await e.load(P,E);E.throwIfAborted(),o.pop();let q={...R,cursor:P,element:e.render(R.rows,void 0)};R.next!==
w.cursor?(o=P===void 0?[]:o,t=[q],s.replaceChildren(q.element),r=R.next,q.element.lastElementChild?.scrollIntoView({block:"\
nearest"}),e.began?.(q.rows,P===void 0)):S(w.element,()=>{for(s.prepend(q.element),t.unshift(q);t.length>zn;){let J=t.pop();
J?.element.remove(),r=J?.cursor}}),u&&I(q.element),l()})}function C(){h(Yn)}function h(u,w){f(c,()=>h(u,w),async P=>{t.length>
0&&v(c,"loading"),v(d,"none");let R=await g(u.cursor??void 0,P);t=[],o=u.behind.map(J=>J??void 0),r=R.next;let q=A();if(s.
replaceChildren(),R.rows.length>0){let J={...R,element:e.render(R.rows,void 0)};t.push(J),s.appendChild(J.element)}q!==void 0&&
M(q),R.rows.length===0&&r!==void 0?z():(l(),e.announce(R.rows.length===0?Cr(c):a.pager.shown(R.rows.length,r!==void 0))),
e.began?.(R.rows,u.cursor===null)}).then(P=>{P?w?.():c.dataset.state==="failed"&&t.length>0&&(t=[],s.replaceChildren())})}
return{element:y,restart:C,resume:h,placeOf(u){let w=t.findIndex(R=>R.rows.includes(u)),E=t[w];return E===void 0?void 0:
{behind:[...o,...t.slice(0,w).map(({cursor:R})=>R)].slice(-Jn).map(R=>R??null),cursor:E.cursor??null}},stop(){i?.abort(),
m.disconnect()},rows:()=>t.flatMap(u=>u.rows)}}function Re(e,t){let o=window.history.state;if(o?.place===void 0){e.restart();
return}e.resume(o.place,()=>{let i=[...e.element.querySelectorAll(`[data-${t}]`)].find(({dataset:d})=>d[t]===o.row);(t===
"row"?i:i?.querySelector("[data-row]"))?.focus(),i?.scrollIntoView({block:"center"})})}var Mr=20,Ir=20,Xn=5,{keys:W}=a;function Zn(e){let t=r=>r.map((i,s)=>[s>0&&", ",i]),o=e.slice(Xn);return n("div",{},t(e.
slice(0,Xn)),o.length>0&&n("details",{},n("summary",{},W.more(o.length)),t(o)))}function Qn(e){let{client:t,me:o}=e,r=new AbortController,
i=[];function s(b){let C=Date.now(),h=Ze(b,C),u=we(b),w=b.name===void 0?u:`${u}, ${b.key_id}`,E=b.key_id===o.credential_id,
P=n("h3",{class:"key-name",dir:"auto",tabindex:"-1"},u);return n("li",{class:"row key","data-key":b.key_id,"data-state":h},
n("div",{class:"row-kind"},n("span",{class:`badge state-${h}`},W.states[h])),n("div",{class:"row-text"},P,E&&n("p",{class:"\
fine"},W.own),n("p",{},re(b)),c(b),n("div",{class:"row-meta"},x(b))),n("div",{class:"key-actions"},Bn(b,C)&&d(W.rotate,W.
rotateLabel(w),()=>p(b)),Vn(b,C)&&d(W.revoke,W.revokeLabel(w),()=>f(b))))}function d(b,C,h){return n("button",{type:"but\
ton","aria-label":C,on:{click:h}},b)}function c(b){let{property:C}=W,h=w=>Zn(w.map(E=>n("code",{dir:"auto"},E))),u=[[C.scopes,
b.scopes.length===0?C.noScopes:h(b.scopes)],[C.id,n("code",{},b.key_id)],[C.made,ae(b.created_at)],[C.ends,b.expires_at===
void 0?C.never:ae(b.expires_at)],[C.used,y(b)]];return b.revoked_at!==void 0&&u.push([C.revoked,ae(b.revoked_at)]),b.replaced_by!==
void 0&&u.push([C.replacedBy,n("code",{},b.replaced_by)]),u.push([C.ranges,b.address_ranges===void 0?C.anywhere:h(b.address_ranges)]),
u.push([C.users,m(b)]),n("dl",{class:"key-facts"},u.map(([w,E])=>n("div",{},n("dt",{},w),n("dd",{},E))))}function y(b){let{
property:C}=W;return b.last_used_at!==void 0?[C.usedHour," ",ae(b.last_used_at)]:Gn(b,Date.now())?C.unused:C.unusedLately}
function m({actor:b,users:C}){let{property:h}=W;return b.type==="user"?h.itself:C===void 0?h.anybody:C.length===0?h.nobody:
Zn(C.map(u=>oe(u)))}function x({key_id:b}){let C=(h,u)=>n("a",{href:$(["trail"],new URLSearchParams(h))},u);return X(e,"\
audit:read")&&[C({resource_type:"key",resource_id:b},W.changes),C({credential_id:b},W.calls)]}function v(b){i=i.map(u=>u.
key_id===b.key_id?b:u);let C=T(b.key_id);if(C===null)return;let h=s(b);return C.replaceWith(h),h}function T(b){return z.
querySelector(`[data-key="${CSS.escape(b)}"]`)}function l(b){b?.querySelector(".key-name")?.focus()}function p(b){let C=b.
key_id===o.credential_id;jn({client:t,key:b,own:C,left:r.signal},h=>{S(h),t.getKey(b.key_id,r.signal).then(u=>{v(u.key)},
()=>{})})}function f(b){let C=b.key_id===o.credential_id;Wn({client:t,key:b,own:C,left:r.signal},h=>{l(v(h)),e.announce(
W.revoking.done(we(h)))})}let g=n("ul",{class:"rows"}),L=n("section",{"aria-label":W.madeNow,hidden:!0},n("h2",{class:"d\
ay"},W.madeNow),g);function S(b){let{key:C}=b;T(C.key_id)?.remove(),i=[C,...i.filter(h=>h.key_id!==C.key_id)].slice(0,Ir),
g.replaceChildren(...i.map(s)),L.hidden=!1,qn(b,()=>{l(T(C.key_id)),e.announce(W.secret.closed(we(C)))})}let A=n("button",
{type:"button",class:"primary",on:{click:()=>I(!0)}},W.make),M=Un({client:t,me:o,made:b=>{I(!1),S(b)},cancelled:()=>I(!1)});
function I(b){M.element.hidden=!b,A.hidden=b,b?M.begin():A.focus()}let H=be({async load(b,C){let h=new URLSearchParams({
limit:String(Mr)});b!==void 0&&h.set("cursor",b);let u=await t.listKeys(h,C);return{rows:u.keys,next:u.next_cursor}},render:b=>{
let C=new Set(i.map(({key_id:u})=>u)),h=b.filter(({key_id:u})=>!C.has(u));return n("ul",{class:"page rows"},h.map(s))},empty:()=>n(
"div",{class:"empty"},n("h3",{},W.empty),n("p",{},W.emptyText)),end:a.pager.end,announce:e.announce});M.element.hidden=!0;
let z=n("div",{class:"timeline"},n("div",{class:"page-head"},n("div",{},ee(W.title),n("p",{class:"lead"},W.lead)),A),M.element,
L,n("section",{"aria-label":W.results},n("h2",{class:"day"},W.results),H.element));return H.restart(),{title:W.title,element:z,
stop(){r.abort(),H.stop()}}}var eo=new Intl.NumberFormat("en");function Qe(e){let{trail:t}=a,o=e.data?.count;if(e.action==="key.refusals_counted"&&typeof o==
"number")return t.refusedTimes(eo.format(o),o===1);if(!Object.hasOwn(t.actions,e.action))return e.action;let[r,i]=t.actions[e.
action];return e.status==="succeeded"?r:i}function et(e){let{trail:t}=a;return e.tool_name!==void 0?`${t.tool} ${e.tool_name}`:
e.command!==void 0?`${t.command} ${e.command}`:e.api_route&&(nt(t.doors,e.api_route)??e.api_route)}function tt(e){if(e.error_code===
void 0)return;let{trail:t}=a,o=`${t.errors[e.error_code]??t.statuses.rejected} (${e.error_code}).`,r=(e.fields??[]).map(
i=>i==="$"?t.wholeInput:i);return r.length===0?o:`${o} ${t.fields} ${r.join(", ")}`}var Or=/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;
function to(e){return Object.entries(e??{}).map(([t,o])=>{let r=typeof o=="number"?eo.format(o):typeof o=="string"?o:JSON.
stringify(o);return{label:nt(a.trail.data,t)??t.replaceAll("_"," "),value:r,isTime:Or.test(r)}})}function nt(e,t){return Object.
hasOwn(e,t)?e[t]:void 0}function no(e){let t=e.indexOf(":");return t>0&&t<e.length-1?[e.slice(0,t),e.slice(t+1)]:void 0}
function Kt(e){let t=o=>[`${e}_${o}`,r=>r[e]?.[o]];return[t("type"),t("id"),t("display_name")]}var oo=[["occurred_at",e=>e.
occurred_at],["status",e=>e.status],["action",e=>e.action],["resource_type",e=>e.resource_type],["resource_id",e=>e.resource_id],
...Kt("actor"),...Kt("authenticated_as"),...Kt("on_behalf_of"),["credential_id",e=>e.credential_id],["source",e=>e.source],
["api_route",e=>e.api_route],["tool_name",e=>e.tool_name],["command",e=>e.command],["client_address",e=>e.client_address],
["user_agent",e=>e.user_agent],["error_code",e=>e.error_code],["fields",e=>e.fields?.join(" ")],["data",e=>e.data&&JSON.
stringify(e.data)],["input_hash",e=>e.input_hash],["request_id",e=>e.request_id],["tenant_id",e=>e.tenant_id],["id",e=>e.
id]],ro=oo.map(([e])=>e);function io(e){return oo.map(([,t])=>t(e)??"")}function me(e){return n("code",{},JSON.stringify(e)??"")}function Fr(e){return typeof e=="string"||typeof e=="number"?n(
"span",{dir:"auto",class:"prose"},String(e)):me(e)}function lo(e){return typeof e=="object"&&e!==null}function so(e){return lo(
e)&&typeof e.name=="string"?oe(e.name):me(e)}function Hr(e){if(!lo(e)||typeof e.amount!="number")return me(e);let{amount:t,
currency:o,symbol:r}=e;try{return new Intl.NumberFormat("en",{style:"currency",currency:String(o)}).format(t)}catch{return`${r??
o??""} ${t}`.trim()}}function ao(e,t){return Array.isArray(e)?e.length===0?a.record_page.nothing:n("ul",{class:"values"},
e.map(o=>n("li",{},t(o)))):me(e)}function co(e){return typeof e=="string"?n("code",{},e):me(e)}function uo({field_type:e,
value:t}){switch(e){case"text":case"longtext":case"email":case"wysiwyg":case"integer":case"rating":case"decimal":case"ph\
onenumber":case"timezone":return Fr(t);case"money":return Hr(t);case"date":return typeof t=="string"?kn(t):me(t);case"da\
tetime":return typeof t=="string"?pe(t):me(t);case"dropdown":case"radio":case"choices":case"status":case"selector":return so(
t);case"checkboxes":case"dynamictags":return ao(t,so);case"checkbox":return typeof t=="boolean"?t?a.record_page.yes:a.record_page.
no:me(t);case"yesnomaybe":return t==="yes"||t==="no"||t==="maybe"?a.record_page[t]:me(t);case"relationship":case"team_se\
lector":return co(t);case"files":return ao(t,co);default:return me(t)}}function ot(e){return e.related_objects!==void 0?e.related_objects.map(({type:t,id:o,display_name:r})=>({type:t,id:o,name:r})):
e.related_resource_type===void 0||e.related_resource_id===void 0?[]:[{type:e.related_resource_type,id:e.related_resource_id,
name:e.related_resource_display_name}]}function po(e){return Object.hasOwn(a.record,e)}function Kr(e){if(po(e))return a.
record[e];let t=e.replaceAll("_"," ");return t.charAt(0).toUpperCase()+t.slice(1)}function rt(e,t){let o=Kr(e.type),r=e.
name??e.id,i=[ne(...un),n("span",{class:"record-type"},`${o} `),n("span",{dir:"auto",class:"name"},r)];if(!po(e.type))return n(
"span",{class:"record",title:e.id},i);let s=new URLSearchParams(t);return s.set("related_resource_type",e.type),s.set("r\
elated_resource_id",e.id),n("a",{class:"record",href:$([],s),title:a.timeline.record(o,e.id)},i)}var V=a.record_page,$r=20;function ve(e,t){return t==null||t===!1?null:n("div",{class:"entry"},n("dt",{},e),n("dd",{},t))}
function Pe(e,...t){return n("section",{class:"panel stack"},n("h2",{},e),t)}function Nt(e,t){return ve(e,t?[pe(t),n("sp\
an",{class:"fine utc"},Ne(t))]:null)}function $t(e,t){return ve(e,t&&[oe(Ke(t),"name"),n("code",{class:"fine"},` ${t.type}\
:${t.id}`)])}function Nr({fields:e,mentions:t,...o}){let r=o.completed_at!==void 0||o.scheduled_activity_id!==void 0;return[
e.length>0&&Pe(V.fields,n("dl",{class:"entries"},e.map(i=>ve(i.display_name||i.name,uo(i))))),t.length>0&&Pe(V.mentions,
n("ul",{class:"values"},t.map(i=>n("li",{},n("code",{},i))))),r&&Pe(V.completion,n("dl",{class:"entries"},Nt(V.completedAt,
o.completed_at),ve(V.scheduled,o.scheduled_activity_id&&n("code",{},o.scheduled_activity_id))))]}function Dr({type:e,submission:t}){
let o=a.category[e],r=t?.activity_object.name??o;return[ne(...He[e]),r!==o&&[oe(r)," · "],o]}function Ur(e){let t=tt(e);
return n("li",{class:"trail-event"},n("div",{class:"trail-event-head"},n("span",{},re(e),` ${Qe(e)}`),n("span",{class:`b\
adge status-${e.status}`},a.trail.statuses[e.status]),n("span",{class:"row-time"},ae(e.occurred_at))),t!==void 0&&n("p",
{},t),n("div",{class:"row-meta fine"},n("span",{},et(e)),e.client_address!==void 0&&n("span",{},e.client_address),n("cod\
e",{},e.request_id)))}function fo(e,t){let o=t.path[1]??"",r=new URLSearchParams({resource_id:o}),i=new AbortController,
s=ee(V.title),d=n("p",{class:"kind"}),c=n("div",{class:"stack"}),y=X(e,"audit:read")?x():void 0,m=n("article",{class:"re\
cord-page"},d,s,c);function x(){return be({async load(l,p){let f=new URLSearchParams(r);f.set("limit",String($r)),l!==void 0&&
f.set("cursor",l);let g=await e.client.listAuditEvents(f,p);return{rows:g.audit_events,next:g.next_cursor}},render:l=>n(
"ol",{class:"events"},l.map(Ur)),empty:()=>n("p",{class:"fine"},V.trailEmpty),announce:()=>{}})}function v(l){let p=ot(l);
_(d,Dr(l)),_(s,oe(l.summary)),document.title=`${l.summary} – ${a.product}`,_(c,n("p",{class:"row-meta"},re(l,{path:[]}),
ae(l.occurred_at)),l.body!==void 0&&l.body!==""&&n("div",{class:"panel prose",dir:"auto",role:"region","aria-label":V.body},
l.body),p.length>0&&Pe(V.records,n("ul",{class:"values"},p.map(f=>n("li",{},rt(f,new URLSearchParams),f.name!==void 0&&n(
"code",{class:"fine"},` ${f.id}`))))),l.submission!==void 0&&Nr(l.submission),Pe(V.details,n("dl",{class:"entries"},Nt(V.
occurredAt,l.occurred_at),Nt(V.loggedAt,l.logged_at),$t(V.actor,l.actor),$t(V.authenticatedAs,l.authenticated_as),$t(V.onBehalfOf,
l.on_behalf_of),ve(V.lastAgent,l.last_agent_actor_id!==void 0&&n("code",{},l.last_agent_actor_id)),ve(V.source,a.source[l.
source]),ve(V.id,n("code",{},l.id)),ve(V.tenant,n("code",{},l.tenant_id)))),y!==void 0&&Pe(V.trail,y.element,n("p",{},n(
"a",{href:$(["trail"],r)},V.openTrail)))),y?.restart()}async function T(){_(c,Ae({role:"status"}));try{v((await e.client.
getActivity(o,i.signal)).activity)}catch(l){if(Q(l))return;let p=B(l);_(c,p.failure==="not_found"?n("p",{class:"notice",
role:"alert"},V.notFoundText):Ee(p,()=>{T()}),n("p",{},n("a",{href:"#/"},a.notFound.back)))}}return T(),{title:V.title,element:m,
stop(){i.abort(),y?.stop()}}}function it(e,t,o){let r=n("div",{class:"page"}),i=t===void 0?void 0:ce(new Date(t.occurred_at)),s;for(let d of e){let c=ce(
new Date(d.occurred_at));if(s===void 0||c!==i){let y=n("h2",{class:"day"},St(d.occurred_at,a.days));y.dataset.at=d.occurred_at,
y.classList.toggle("continues",s===void 0&&c===i),s=n("ol",{class:"rows"}),r.append(y,s),i=c}s.append(o(d))}return r}var qr=6e4;
function st(e){let t=ce(new Date),o=setInterval(()=>{let r=ce(new Date);if(r!==t){t=r;for(let i of e.querySelectorAll("[\
data-at]"))_(i,St(i.dataset.at??"",a.days))}},qr);return()=>clearInterval(o)}var jr="1970-01-01",Wr="9999-12-31",Br=600;function Dt(e,t){let o=new Date(e);if(Number.isNaN(o.getTime()))return;let r=t===
"to"?1:0,i=new Date(o);i.setDate(i.getDate()-r);let s=ce(i);return ze(s,r)===o.toISOString()?s:void 0}function Vr(e){switch(e.
kind){case"choice":return D(xe(e.name,a.filters.any,e.options),e);case"text":return D(n("input",{name:e.name,type:"text",
autocomplete:"off",spellcheck:"false"}),e);default:return D(n("input",{name:e.name,type:"date",min:jr,max:Wr}),e)}}function dt(e){
return e instanceof HTMLInputElement&&e.type==="date"}function at(e){return dt(e)&&!e.validity.valid}function ct(e){let t=new URLSearchParams,
o,r=new Map;for(let p of e.fields)r.set(p.name,Vr(p));function i(){let p=new URLSearchParams(t);for(let f of e.fields){let g=r.
get(f.name)?.control.value.trim()??"";if(p.delete(f.name),f.kind==="choice"||f.kind==="text")p.set(f.name,g);else{let L=t.
get(f.name)??"",A=g===""&&L!==""&&Dt(L,f.kind)===void 0||at(r.get(f.name)?.control);p.set(f.name,A?L:ze(g,f.kind==="to"?
1:0)??"")}}for(let f of e.fields)f.needs!==void 0&&(p.get(f.needs)??"")===""&&p.delete(f.name);for(let[f,g]of[...p])g===
""&&p.delete(f);return p}function s(){let p=[];for(let{name:f,label:g,needs:L}of e.fields){let S=r.get(f)?.control;at(S)&&
document.activeElement!==S&&p.push({field:f,message:a.filters.wholeDay});let A=L===void 0?void 0:r.get(L);L!==void 0&&S?.
value.trim()&&A?.control.value.trim()===""&&p.push({field:L,message:a.filters.goesWith(g)})}return p}function d(){if(clearTimeout(
o),o=void 0,!c.isConnected)return;let p=s();se(r,p),p.length>0&&e.announce(p.map(({message:f})=>f).join(" ")),e.changed(
i())}let c=n("form",{class:"filters",novalidate:!0,on:{submit:p=>{p.preventDefault(),d()},focusout:({target:p})=>{dt(p)&&
at(p)&&r.get(p.name)?.setError(a.filters.wholeDay)},change:({target:p})=>{dt(p)?(clearTimeout(o),o=setTimeout(d,Br)):d()}}},
[...r.values()].map(p=>p.element)),y=n("ul",{class:"chips","aria-label":a.filters.set});function m(p,f){switch(p.kind){case"\
choice":return p.options.find(g=>g.value===f)?.label??f;case"text":return p.say?.(f)??f;default:{let g=Dt(f,p.kind);return g===
void 0?Te(f):bn(ze(g)??f)}}}function x(p,f,g){return n("li",{},n("button",{type:"button",class:"chip","aria-label":a.filters.
remove(p,f),on:{click:()=>{let L=new URLSearchParams(t);for(let S of g)L.delete(S);e.changed(L),(y.querySelector("button")??
v())?.focus()}}},n("span",{class:"chip-label"},`${p}:`),n("span",{dir:"auto",class:"chip-value"},f),ne(...cn)))}function v(){
return c.closest("details:not([open])")?.querySelector("summary")??c.querySelector("select, input")}function T(){let p=new URLSearchParams(
t);for(let{name:f}of[...e.fields,...e.others??[]])p.delete(f);e.changed(p),v()?.focus()}function l(){let p=[];for(let f of e.
others??[]){let g=t.get(f.name);g&&p.push(x(f.label,g,[f.name]))}for(let f of e.fields){let g=t.get(f.name);if(g){let L=e.
fields.filter(A=>A.needs===f.name),S=[f.name,...L.map(A=>A.name)];p.push(x(f.label,m(f,g),S))}}p.length>1&&p.push(n("li",
{},n("button",{type:"button",class:"chip clear",on:{click:T}},a.filters.clear))),_(y,p),y.hidden=p.length===0}return{form:c,
chips:y,show(p){let f=t;t=new URLSearchParams(p);for(let g of e.fields){let L=r.get(g.name)?.control;if(L===void 0)continue;
let S=t.get(g.name)??"",A=g.kind==="choice"||g.kind==="text"?S:Dt(S,g.kind)??"",M=g.needs!==void 0&&!t.has(g.needs)&&!f.
has(g.name),I=at(L)||dt(L)&&o!==void 0,H=document.activeElement===L&&(g.kind==="text"||I);!M&&!H&&L.value!==A&&(L.value=
A)}l()},showViolations(p){let f=new Set(p.map(({field:L})=>L)),g=s().filter(({field:L})=>!f.has(L));return se(r,[...p,...g]).
rest}}}var Ut=2e4,Gr=12e4,Yr=6e5;function mo(e){let t=Ut,o,r,i=!1,s=()=>!i&&!document.hidden&&navigator.onLine;function d(){clearTimeout(
o),s()&&(o=setTimeout(()=>{c()},t))}async function c(){if(!s()||r!==void 0)return;let x=new AbortController;r=x;try{t=await e(
x.signal)?Ut:Math.min(t*1.5,Gr)}catch(v){if(Q(v))return;let T=B(v);if(["unauthorized","forbidden","invalid","malformed",
"not_found"].includes(T.failure)){m();return}t=Math.min(t*2,Yr),t=Math.max(t,T.retryAfterMs??0)}finally{r===x&&(r=void 0)}
d()}function y(){s()?(t=Math.max(1e3,Math.min(t,Ut)),d()):(clearTimeout(o),r?.abort(),r=void 0)}function m(){i=!0,clearTimeout(
o),r?.abort(),document.removeEventListener("visibilitychange",y),window.removeEventListener("online",y),window.removeEventListener(
"offline",y)}return document.addEventListener("visibilitychange",y),window.addEventListener("online",y),window.addEventListener(
"offline",y),d(),{stop:m}}var qt=e=>e?.trim()==="";function zr(e,t,o){let r=e.slice(t,o).findIndex(qt);return r<0?t:t+r+1}function yo(e){let{snippet:t="",
match:o=[],summary:r}=e,i=[...t],s=t.startsWith(r)?[...r].length:0,d=i.length;for(;s<d&&qt(i[s]);)s+=1;for(;s<d&&qt(i[d-
1]);)d-=1;let c=o.filter(T=>T.end>s&&T.start<d),y=c[0]?.start??s,m=y-s>60;m&&(s=zr(i,y-60,y));let x=m?[{text:"… ",marked:!1}]:
[],v=(T,l)=>{T>s&&(x.push({text:i.slice(s,T).join(""),marked:l}),s=T)};for(let T of c)v(Math.min(T.start,d),!1),v(Math.min(
T.end,d),!0);return v(d,!1),x}var ho=/["“”„‟«»＂]/gu,bo=/(?!\u200b)[\p{Default_Ignorable_Code_Point}\u0640]/gu,go=String.raw`(?:(?![\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\u02b9-\u02bf\p{No}])[\p{L}\p{N}\p{M}])+`,
Jr=String.raw`['\u2018\u2019\u02b9-\u02bf._@+-]`,Xr=new RegExp(`(?:${go}${Jr})*${go}$`,"u"),Zr=/[\s\u0085\u200b]/u,Qr=/[가-힣]/u,
ei=/^[([{]*(?:-.*|.*\*.*|AND|OR|NOT)$/su;function vo(e){let t=e.replace(bo,""),o=t.split(Zr).at(-1)??"",r=(t.match(ho)?.
length??0)%2===1;return ti(o)>=3&&[...e].length<500&&!r&&o.search(ho)<0&&!ei.test(o.normalize("NFKC"))?`${e}*`:e}function ti(e){
return[...wo(wo(e).normalize("NFKC").replace(bo,"")).replace(/[^\p{L}\p{N}]|[\u02b9-\u02bf]/gu,"")].reduce((o,r)=>o+(Qr.
test(r)?2:1),0)}function wo(e){return Xr.exec(e)?.[0]??""}var ko=50,ni=10,jt=250,oi=1e3,_o=Object.keys(a.category),lt=e=>Object.entries(e).map(([t,o])=>({value:t,label:o})),{user:ri,
service:ii,agent:si}=a.actor,ut=[{kind:"choice",name:"related_resource_type",label:a.timeline.recordType,options:lt(a.record),
needs:"related_resource_id"},{kind:"text",name:"related_resource_id",label:a.timeline.recordId,hint:a.timeline.recordHint,
needs:"related_resource_type"},{kind:"choice",name:"actor_type",label:a.timeline.actorType,options:lt({user:ri,service:ii,
agent:si}),needs:"actor_id"},{kind:"text",name:"actor_id",label:a.timeline.actor,hint:a.timeline.actorHint},{kind:"choic\
e",name:"source",label:a.timeline.source,options:lt(a.source)},{kind:"from",name:"occurred_after",label:a.timeline.from},
{kind:"to",name:"occurred_before",label:a.timeline.to}],Wt=[{kind:"choice",name:"type",label:a.timeline.types,options:lt(
a.category)},...ut];function Ao(e,t){if(typeof t!="string")return t.map(r=>Ao(e,r)).join(", ");let o=Wt.find(r=>r.name===
e);switch(o?.kind){case"choice":return o.options.find(r=>r.value===t)?.label??t;case"from":case"to":return Te(t);default:
return t}}var ai=["query","type",...ut.map(({name:e})=>e)];function xo(e){let t=new URLSearchParams;for(let o of ai){let r=Wt.
find(c=>c.name===o),i=r?.kind==="choice"?r.options.map(c=>c.value):[],s=c=>r?.kind!=="choice"||i.includes(c),d=o==="type"?
e.getAll(o):[e.get(o)??""];for(let c of new Set(d))c!==""&&s(c)&&t.append(o,c)}return t}function To(e,t,o){let r=new URLSearchParams(
e);return r.set("limit",String(t)),o!==void 0&&r.set("cursor",o),r}function Eo(e,t){let o=xo(t.parameters),r=o,i,s,d,c,y,
m=!1,{types:x=[],...v}=e.me.filters??{},T=Object.entries(v);x.length>0&&T.unshift(["type",x]);let l=new Set(T.map(([k])=>k)),
p=v.type,f=D(n("input",{type:"search",name:"query",placeholder:a.timeline.placeholder,autocomplete:"off",autocapitalize:"\
none",spellcheck:"false",dir:"auto",maxlength:500,on:{input:k=>{g(),m=!0,k.isComposing||(d=setTimeout(M,jt))},compositionend:()=>{
d=setTimeout(M,jt)},focus:()=>clearTimeout(y),blur:({relatedTarget:k})=>{k instanceof Node&&R.element.contains(k)||(y=setTimeout(
A,jt))}}}),{label:a.timeline.search,class:"search"});function g(){clearTimeout(c),clearTimeout(d),clearTimeout(y),d=void 0}
function L(){return d!==void 0&&f.control.value.trim()!==(o.get("query")??"")}function S(){let k=new URLSearchParams(o);
return m&&o.has("query")&&k.set("query",vo(f.control.value.trimStart()).trimEnd()),k}function A(){m=!1,M()}function M(){
g();let k=new URLSearchParams(o),F=f.control.value.trim();if(k.delete("query"),F!==""&&k.set("query",F),k.get("query")===
o.get("query")){let j=S();j.get("query")!==r.get("query")&&(r=j,R.restart());return}let N=o.has("query")!==k.has("query");
e.go($([],k),N?"push":"replace")}let I=ct({fields:ut.filter(({name:k})=>!l.has(k)),changed:k=>e.go($([],k)),announce:e.announce}),
H=n("span",{class:"badge"}),z=n("details",{class:"more"},n("summary",{},a.filters.title," ",H),I.form),b=n("div",{class:"\
types",role:"group","aria-label":a.timeline.types});function C(k){let F=k===void 0?a.timeline.allTypes:a.category[k];return n(
"button",{type:"button",class:"type","data-type":k??"",on:{click:()=>{let N=new URLSearchParams(o),j=N.getAll("type");N.
delete("type");for(let ue of _o)k!==void 0&&j.includes(ue)!==(ue===k)&&N.append("type",ue);e.go($([],N))}}},k!==void 0&&
ne(...He[k]),F)}let h=x.length>0?x:_o,u=p===void 0?h:[p];_(b,C(void 0),u.map(C)),b.hidden=u.length===1;function w(){f.control.
value.trim()!==(o.get("query")??"")&&(f.control.value=o.get("query")??""),I.show(o),_(nn,X(e,"activity:write")&&tn());let k=ut.
filter(({name:N})=>o.has(N)).length;_(H,k),H.hidden=k===0;let F=o.has("type")?o.getAll("type"):[""];for(let N of b.querySelectorAll(
"[data-type]")){let j=F.includes(N.dataset.type??"");N.setAttribute("aria-pressed",String(j))}}let E=n("p",{class:"empty"},
a.timeline.invalid);E.hidden=!0;let P=[],R=be({async load(k,F){let N=await e.client.searchActivities(To(r,ko,k),F);return E.
hidden=!0,f.setError(void 0),I.showViolations([]),P=N.suggested_queries??[],{rows:N.activities,next:N.next_cursor}},render:(k,F)=>it(
k,F,J),empty:Fe,end:a.pager.end,announce:e.announce,began(k,F){i={ids:new Set(k.map(({id:N})=>N)),whole:k.length<ko},bt(
0,!1),s?.stop(),F&&(window.history.replaceState(null,""),nr())},failed:q});function q(k){if(k.failure!=="invalid")return!1;
if(k.fieldErrors.some(({field:ie})=>ie==="cursor"))return window.history.replaceState(null,""),R.restart(),!0;let F=k.fieldErrors.
filter(({field:ie})=>ie==="query"),N=I.showViolations(k.fieldErrors.filter(({field:ie})=>ie!=="query"));if(F.length<k.fieldErrors.
length&&(z.open=!0),N.length>0)return!1;let j=()=>{let ie=F.map(_e=>_e.message).join("; ");f.setError(ie===""?void 0:ie),
E.hidden=!1,e.announce(k.fieldErrors.map(_e=>_e.message).join("; "))},ue=F.length>0&&document.activeElement===f.control;
return c=setTimeout(j,ue?oi:0),!0}function J(k){let F=ot(k),N=yo(k);return n("li",{class:"row","data-type":k.type},n("di\
v",{class:"row-kind"},ne(...He[k.type]),n("span",{},a.category[k.type])),n("div",{class:"row-text"},n("a",{class:"row-ti\
tle",dir:"auto",href:$(["activities",k.id]),"data-row":k.id,on:{click:j=>{We(j)||gt(k)}}},k.summary),N.length>0&&n("p",{
class:"snippet",dir:"auto"},N.map(({text:j,marked:ue})=>ue?n("mark",{},j):j)),n("div",{class:"row-meta"},re(k,{path:[],parameters:o}),
F.map(j=>rt(j,o)),!e.viewer&&n("span",{class:"source"},a.source[k.source]))),n("div",{class:"row-time"},Ye(k.occurred_at)))}
function Oe(k){let F=k.map(N=>{let j=new URLSearchParams(o);return j.set("query",N),n("li",{},n("a",{href:$([],j),dir:"a\
uto"},N))});return[n("p",{},a.timeline.suggested),n("ul",{class:"suggestions","aria-label":a.timeline.suggestions},F)]}function Fe(){
if(o.size>0)return n("div",{class:"empty"},n("h2",{},a.timeline.nothing),P.length===0?n("p",{},a.timeline.nothingText):Oe(
P),n("button",{type:"button",on:{click:()=>e.go("#/")}},a.filters.clear));let k=X(e,"activity:write");return n("div",{class:"\
empty"},n("h2",{},a.timeline.empty),n("p",{},e.viewer?a.timeline.emptyViewer:a.timeline.emptyText),!e.viewer&&!k&&n("p",
{},a.timeline.emptyReader),k&&tn())}function gt(k){let F=R.placeOf(k);window.history.replaceState({place:F,row:k.id},"",
$([],r))}let wt=n("div",{class:"fresh"});function bt(k,F){wt.hidden=k===0,_(wt,k>0&&n("button",{type:"button",class:"pri\
mary",on:{click:()=>{R.restart(),window.scrollTo({top:0}),on.focus({preventScroll:!0})}}},a.timeline.showFresh(k,F)))}function nr(){
let k=o.get("occurred_before");if(k!==null&&Date.parse(k)<Date.now())return;let F=0;s=mo(async N=>{let j=i,ue=await e.client.
searchActivities(To(r,ni),N);if(j===void 0||j!==i)return!1;let ie=ue.activities,_e=ie.findLastIndex(({id:vt})=>j.ids.has(
vt)),ir=j.whole||_e<0?ie.length:_e,je=ie.slice(0,ir).filter(({id:vt})=>!j.ids.has(vt)).length,rn=_e<0&&ue.next_cursor!==
void 0;return je!==F?(F=je,bt(je,rn),e.announce(a.timeline.fresh(je,rn)),!0):!1})}function tn(){let k=new URLSearchParams;
for(let F of["related_resource_type","related_resource_id"])k.set(F,o.get(F)??"");return Hn($(["log"],k),a.nav.log)}let nn=n(
"div"),on=ee(a.timeline.title),or=n("div",{class:"timeline"},n("div",{class:"page-head"},on,nn),T.length>0&&n("div",{class:"\
notice limits"},n("p",{},a.timeline.limited),n("dl",{},T.map(([k,F])=>n("div",{},n("dt",{},Wt.find(N=>N.name===k)?.label??
k),n("dd",{},oe(Ao(k,F))))))),n("form",{role:"search",class:"find",on:{submit:k=>{k.preventDefault(),m=!1,f.control.value.
trim()===(o.get("query")??"")?(g(),r=S(),R.restart()):M()}}},f.element,b),z,I.chips,wt,n("section",{"aria-label":a.timeline.
results},E,R.element)),rr=st(R.element);return w(),bt(0,!1),Re(R,"row"),{title:a.timeline.title,element:or,update(k){let F=o.
get("query");if(o=xo(k.parameters),L()&&o.get("query")===F){M();return}g(),m&&=document.activeElement===f.control,r=S(),
s?.stop(),w(),Re(R,"row")},stop(){g(),s?.stop(),R.stop(),rr()}}}function ke(e,t,o){let r=URL.createObjectURL(new Blob([o],{type:`${t};charset=utf-8`})),i=document.createElement("a");i.
href=r,i.download=e,i.hidden=!0,document.body.appendChild(i),i.click(),i.remove(),setTimeout(()=>URL.revokeObjectURL(r),
0)}var di=/^(?:[\t\r]|\s*[=+\-@＝＋－＠])/;function ci(e){return`"${(di.test(e)?`'${e}`:e).replaceAll('"','""')}"`}function So(e,t){
return`\uFEFF${[e,...t].map(r=>r.map(ci).join(",")).join(`\r
`)}\r
`}function Ro(e){return e.map(t=>`${JSON.stringify(t)}
`).join("")}var{trail:Le}=a,Po=5e3,li=100,ui=200;async function pi(e,t,o){let r=[],i;for(let s=0;s<ui&&r.length<Po;s+=1){t.throwIfAborted();
let d=Math.min(li,Po-r.length),c=await e(i,d,t);if(r.push(...c.audit_events),i=c.next_cursor,i===void 0)return{events:r,
areMore:!1};o(r.length)}return{events:r,areMore:!0}}function Lo(e){let t,o=d(Le.csv,()=>{T("csv")}),r=d(Le.jsonLines,()=>{
T("jsonl")}),i=d(a.cancel,()=>t?.abort()),s=n("div",{class:"downloaded"});function d(l,p){return n("button",{type:"butto\
n",class:"quiet",on:{click:p}},l)}function c(l){o.hidden=!l,r.hidden=!l}function y(l){t=l,o.disabled=l!==void 0,r.disabled=
l!==void 0,i.hidden=l===void 0}function m(l){_(s,n("p",{},l)),e.announce(l)}function x(l,{events:p,areMore:f}){let g=new Date().
toISOString().replace(/[:.]/g,"-"),L=`audit-trail-${e.workspace}-${g}.${l}`;l==="csv"?ke(L,"text/csv",So(ro,p.map(io))):
ke(L,"application/x-ndjson",Ro(p));let S=p.length.toLocaleString("en");m(f?Le.downloadedFirst(L,S):Le.downloaded(L,S,p.length===
1))}function v(l,p){Q(p)?m(Le.downloadStopped):_(s,te(B(p),()=>{T(l)}))}async function T(l){let p=new AbortController;y(
p),i.focus();try{let f=await pi(e.load,p.signal,g=>_(s,n("p",{},Le.downloading(g.toLocaleString("en")))));x(l,f)}catch(f){
t===p&&v(l,f)}finally{if(t===p){let f=document.activeElement===i;y(void 0),f&&(l==="csv"?o:r).focus()}}}return c(!1),y(void 0),
{tools:[o,r,i],told:s,show:c,forget(){t?.abort(),y(void 0),_(s)}}}var fi=/^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/;function Ue(e){try{let t=Uint8Array.from(atob(e),o=>o.charCodeAt(
0));return btoa(String.fromCharCode(...t))===e?t:void 0}catch{return}}function Vt(...e){let t=new Uint8Array(e.reduce((r,i)=>r+
i.length,0)),o=0;for(let r of e)t.set(r,o),o+=r.length;return t}async function Ce(...e){return new Uint8Array(await crypto.
subtle.digest("SHA-256",Vt(...e)))}function Gt(e,t){return e.length===t.length&&e.every((o,r)=>o===t[r])}async function Co(e){
let[,t,o,r]=fi.exec(e.trim())??[],i=r===void 0?void 0:Ue(r);if(t===void 0||o===void 0||i===void 0)return"form";if(i[0]!==
1||i.length!==33)return"kind";let d=(await Ce(new TextEncoder().encode(`${t}
`),i)).slice(0,4);return Array.from(d,y=>y.toString(16).padStart(2,"0")).join("")===o?{name:t,id:d,publicKey:i.slice(1)}:
"id"}var Bt="activity-log.log-key.";function Mo(e){try{return window.localStorage.getItem(Bt+e)??void 0}catch{return}}function Io(e,t){
try{t===void 0?window.localStorage.removeItem(Bt+e):window.localStorage.setItem(Bt+e,t)}catch{}}var mi=32,yi=64,Oo=/^(?:0|[1-9][0-9]{0,18})$/,zt=new TextEncoder;function Fo(e){let t=Ue(e);return t?.length===mi?t:void 0}
function hi(e){let t=e.indexOf(`

`),o=e.slice(0,Math.max(t,0)).split(`
`),r=e.slice(t+2),i=o[1]?.match(/^index (.*)$/)?.[1]??"",s=o.slice(2).map(Fo),d=r.lastIndexOf(`

`);if(o[0]!=="c2sp.org/tlog-proof@v1"||!Oo.test(i)||d<0)return;let c=r.slice(0,d+1),[y,m="",x="",...v]=c.split(`
`),T=Fo(x);if(!y||!Oo.test(m)||T===void 0||v.join()!=="")return;let l=r.slice(d+2).split(`
`);if(l.pop()!=="")return;let p=l.map(f=>{let[,g,L]=/^\u2014 (\S+) (\S+)$/.exec(f)??[],S=L===void 0?void 0:Ue(L);return g===
void 0||S===void 0?void 0:{name:g,bytes:S}});if(!(s.includes(void 0)||p.includes(void 0)))return{index:BigInt(i),path:s.
filter(f=>f!==void 0),text:c,signatures:p.filter(f=>f!==void 0),checkpoint:{origin:y,size:BigInt(m),root:T}}}async function gi(e,t,o,r){
if(t>=o)return;let[i,s,d]=[t,o-1n,e];for(let c of r){if(s===0n)return;if(i%2n===1n||i===s)for(d=await Ce(Uint8Array.of(1),
c,d);i%2n===0n&&i!==0n;)i>>=1n,s>>=1n;else d=await Ce(Uint8Array.of(1),d,c);i>>=1n,s>>=1n}return s===0n?d:void 0}async function wi(e,t){
let o=e.signatures.filter(({name:c,bytes:y})=>c===t.name&&Gt(y.slice(0,t.id.length),t.id)&&y.length===t.id.length+yi),r=o[0]?.
bytes.slice(t.id.length);if(r===void 0||o.length>1)return"fails";let i;try{i=await crypto.subtle.importKey("raw",t.publicKey,
"Ed25519",!1,["verify"])}catch{return"unsupported"}let s=zt.encode(e.text);return await crypto.subtle.verify("Ed25519",i,
Vt(r),s)?"holds":"fails"}function pt(e){return typeof e=="object"&&e!==null&&!Array.isArray(e)}function bi(e){try{let t=JSON.
parse(e);return pt(t)?t:void 0}catch{return}}function vi(e){return btoa(String.fromCharCode(...e)).replaceAll("+","-").replaceAll(
"/","_").replaceAll("=","")}function ki(e){let t=e.replaceAll("-","+").replaceAll("_","/"),o=Ue(t.padEnd(Math.ceil(t.length/
4)*4,"="));try{let r=o&&JSON.parse(new TextDecoder().decode(o));if(Array.isArray(r)&&r.length===3&&typeof r[1]=="string")
return pt(r[2])?[r[1],r[2]]:void 0}catch{}}async function _i(e,t){let o=Array.isArray(e._sd)?[...e._sd]:[],r={};for(let i of t){
let s=o.indexOf(vi(await Ce(zt.encode(i)))),d=ki(i);if(s<0||d===void 0||Object.hasOwn(r,d[0]))return;o.splice(s,1),r[d[0]]=
d[1]}return o.length===0?r:void 0}function Ho(e){return JSON.stringify(e,(t,o)=>pt(o)?Object.fromEntries(Object.entries(
o).sort(xi)):o)??""}function xi([e],[t]){return e<t?-1:1}var Yt=e=>e&&{id:e.id,type:e.type};function Ti(e,t,o){let{actor:r,
authenticated_as:i,on_behalf_of:s,client:d,subject:c,content:y}=o,m=pt(t.data)?{...t.data}:{},{fields:x}=m;delete m.fields,
delete m.backfill,c?.replaced_by!==void 0&&(m.replaced_by=c.replaced_by);let v=Yt(e.authenticated_as??e.actor);return[...[
"action","api_route","command","error_code","id","occurred_at","request_id","resource_type","source","status","tenant_id",
"tool_name"].map(l=>[l,e[l],t[l]]),["resource_id",e.resource_id,t.resource_id??c?.id],["actor",Yt(e.actor),r],["authenti\
cated_as",{...v,credential_id:e.credential_id},i],["on_behalf_of",Yt(e.on_behalf_of),s],["client_address",e.client_address,
d?.address],["user_agent",e.user_agent,d?.user_agent],["input_hash",e.input_hash,y?.input_hash],["fields",e.fields??[],x??
[]],["data",e.data??{},m]].filter(([,l,p])=>Ho(l)!==Ho(p)).map(([l])=>l)}async function Ko(e,t,o){let r=t.entry??"",[i,s]=[
hi(t.proof??""),bi(r)],d=i!==void 0&&i.checkpoint.origin===o.name&&i.index===BigInt(t.index??-1),c=[{step:"note",outcome:d?
"holds":"fails"}];if(i===void 0||s===void 0||!d)return c;c.push({step:"signature",outcome:await wi(i,o)});let y=await Ce(
Uint8Array.of(0),zt.encode(r)),{size:m,root:x}=i.checkpoint,v=await gi(y,i.index,m,i.path),T=v!==void 0&&Gt(v,x);c.push(
{step:"path",outcome:T?"holds":"fails"});let l=await _i(s,t.disclosures??[]);c.push({step:"disclosures",outcome:l===void 0?
"fails":"holds"});let p=Ti(e,s,l??{}),f=p.length===0;return c.push({step:"row",outcome:f?"holds":"fails",...f?{}:{what:p.
join(", ")}}),c}function $o(){return globalThis.crypto?.subtle!==void 0}var{proof:G}=a.trail;function No(e,t){let o=n("div",{class:"proof-told"}),r=Jt(G.ask,()=>{s()}),i=n("section",{class:"pr\
oof","aria-label":G.title},n("div",{class:"tools"},r),o);async function s(){r.disabled=!0,_(o,he());try{d(await t.client.
getProof(e.id,t.signal))}catch(c){Q(c)||_(o,te(B(c),()=>{s()}))}finally{r.disabled=!1}}function d(c){let{index:y,sealed_at:m,
proof:x,entry:v}=c;if(m===void 0||x===void 0||v===void 0){_(o,n("p",{},G.notSealed)),t.announce(G.notSealed);return}let T=G.
atIndex((y??0).toLocaleString("en")),l=n("p",{},G.sealed,pe(m),T),p=`audit-event-${e.id}`;_(o,l,n("div",{class:"tools"},
Jt(G.download,()=>ke(`${p}.tlog-proof`,"text/plain",x)),Jt(G.downloadEntry,()=>ke(`${p}.json`,"application/json",v))),$o()?
Ai(e,c,t):n("p",{},G.noBrowser)),t.announce(l.textContent??"")}return i}function Jt(e,t){return n("button",{type:"button",
class:"quiet",on:{click:t}},e)}function Ai(e,t,o){let r=Mo(o.workspace),i=n("input",{type:"text",name:"log_key",autocomplete:"\
off",autocapitalize:"off",spellcheck:"false",maxlength:512});i.value=r??"";let s=D(i,{label:G.key,hint:G.keyHint}),d=n("\
input",{type:"checkbox",name:"remember"});d.checked=r!==void 0;let c=n("div",{class:"findings"}),y=n("form",{class:"proo\
f-check",novalidate:!0,on:{submit:v=>{v.preventDefault(),m()}}},s.element,r!==void 0&&n("p",{class:"fine"},G.remembered),
n("label",{class:"check"},d," ",G.remember),n("div",{class:"tools"},n("button",{type:"submit"},G.run)),c);async function m(){
_(c);let v=i.value.trim(),T=await Co(v);if(typeof T=="string"){s.setError(G.keyProblems[T]),i.focus();return}s.setError(
void 0),Io(o.workspace,d.checked?v:void 0),x(await Ko(e,t,T))}function x(v){let T=v.some(({outcome:g})=>g==="fails"),l=v.
some(({outcome:g})=>g==="unsupported"),p=T?G.failed:l?G.unsupported:G.proved;_(c,n("p",{class:"verdict","data-outcome":T?
"fails":l?"unsupported":"holds"},p),n("ul",{},v.map(({step:g,outcome:L,what:S})=>n("li",{"data-step":g,"data-outcome":L},
`${G.steps[g]}: ${G.outcomes[L]}${S===void 0?"":` (${S})`}`))),l&&n("p",{},G.noBrowser),n("p",{class:"fine"},G.ownCode)),
o.announce(p)}return n("details",{class:"all"},n("summary",{},G.check),y)}var{trail:Y}=a,Ei=["action","resource_type","resource_id","status","error_code","fields","source","api_route","tool_name",
"command","credential_id","client_address","user_agent","request_id","input_hash","tenant_id","id"];function Do(e,t){let o=tt(
e),r=to(e.data);return n("li",{class:"row trail-event","data-event":e.id,"data-status":e.status},n("div",{class:"row-kin\
d"},Si(e,t)),n("div",{class:"row-text"},n("p",{class:"trail-title"},re(e,{path:["trail"],parameters:t.parameters})," ",Me(
t,{action:e.action},Y.action,Qe(e))),Ri(e,t),o!==void 0&&n("p",{class:"refusal"},o),r.length>0&&n("p",{class:"facts fine"},
r.map(Li)),n("div",{class:"row-meta fine"},Ci(e,t)),Mi(e,t)),n("div",{class:"row-time"},Ye(e.occurred_at)))}function Me({
parameters:e},t,o,r){if(Object.entries(t).every(([d,c])=>e.get(d)===c))return r;let i=new URLSearchParams(e);for(let[d,c]of Object.
entries(t))i.set(d,c);let s=Y.only(o,Object.values(t).join(" "));return n("a",{href:$(["trail"],i),title:s},r)}function Si({
status:e},t){let o=n("span",{class:`badge status-${e}`},ne(...yn[e])," ",Y.statuses[e]);return Me(t,{status:e},Y.status,
o)}function Ri(e,t){let{resource_type:o,resource_id:r}=e;if(r===void 0)return null;let i=[`${Y.resources[o]} `,n("code",
{dir:"auto"},r)],s=Pi(e,r,t);return n("p",{class:"about"},Me(t,{resource_type:o,resource_id:r},Y.resource,i),s!==void 0&&
[" · ",n("a",{class:"way-on",href:s[0]},s[1])])}function Pi(e,t,{mayRead:o}){let r=i=>$(["trail"],new URLSearchParams(i));
switch(e.resource_type){case"activity":return o&&e.status==="succeeded"?[$(["activities",t]),Y.openActivity]:void 0;case"\
resource":{let[i,s]=no(t)??["",""];if(!o||!Object.hasOwn(a.record,i))return;let d={related_resource_type:i,related_resource_id:s};
return[$([],new URLSearchParams(d)),Y.openRecord]}case"actor":return[r({actor_id:t}),Y.openActor];case"key":return[r({credential_id:t}),
Y.openKey];default:return}}function Li({label:e,value:t,isTime:o}){return n("span",{},`${e}: `,o?ae(t):oe(t))}function Ci(e,t){
let{source:o,credential_id:r,client_address:i,user_agent:s}=e,d=nt(Y.credentials,r),c=d??n("code",{},r);return[n("span",
{},Me(t,{source:o},Y.source,Y.sources[o])," ",et(e)),n("span",{},d===void 0&&`${Y.key} `,Me(t,{credential_id:r},Y.credential,
c)),i!==void 0&&n("span",{},`${Y.client} `,n("code",{},i)),s!==void 0&&n("span",{class:"program",dir:"auto",title:s},s)]}
function Mi(e,t){let o=n("details",{class:"all",on:{toggle:()=>{o.open&&o.children.length===1&&o.append(Ii(e,t),No(e,t.proofs))}}},
n("summary",{"data-row":e.id},Y.more));return o}function Ii(e,t){let o=[[Y.property.occurred_at,pe(e.occurred_at)],[Y.property.
occurred_at_utc,n("code",{},Ne(e.occurred_at))]];for(let r of["actor","authenticated_as","on_behalf_of"]){let i=e[r];if(i!==
void 0){let s=n("code",{dir:"auto"},`${i.type}:${i.id}`),d=i.display_name!==void 0&&[oe(i.display_name)," "];o.push([Y.property[r],
[d,s]])}}for(let r of Ei){let i=e[r];if(i!==void 0){let s=typeof i=="string"?i:i.join(", "),d=n("code",{dir:"auto"},s),c=()=>Me(
t,{request_id:s},Y.request,d);o.push([Y.property[r],r==="request_id"?c():d])}}return n("dl",{class:"properties"},o.map(([
r,i])=>[n("dt",{},r),n("dd",{},i)]))}var{log:Ie}=a.trail,Oi=/^[^\n]+\n(\d{1,15})\n/;function Uo(e){let t=n("div",{class:"proof-told"}),o=n("details",{class:"\
more",on:{toggle:()=>{o.open&&r()}}},n("summary",{},Ie.title),t);async function r(){_(t,he());try{i(await e.client.newestCheckpoint(
e.signal))}catch(d){Q(d)||_(t,te(B(d),()=>{r()}))}}function i(d){if(d===void 0){s(Ie.none);return}let{text:c,lastModified:y}=d,
m=Number(Oi.exec(c)?.[1]??Number.NaN),x=new Date(y??Number.NaN);if(Number.isNaN(m)||Number.isNaN(x.getTime())){s(Ie.unread);
return}s(Ie.size(m.toLocaleString("en"),m===1),pe(x.toISOString()),".");let v=`checkpoint-${e.workspace}-${m}.txt`;t.append(
n("p",{class:"fine"},Ie.keep),n("div",{class:"tools"},n("button",{type:"button",class:"quiet",on:{click:()=>ke(v,"text/p\
lain",c)}},Ie.download)))}function s(...d){let c=n("p",{},d);_(t,c),e.announce(c.textContent??"")}return o}var Fi=50,{trail:U}=a,Hi=e=>e.charAt(0).toUpperCase()+e.slice(1),ft=e=>Object.entries(e).map(([t,o])=>({value:t,label:o})),
jo=[{kind:"choice",name:"status",label:U.status,options:ft(U.statuses)},{kind:"choice",name:"action",label:U.action,options:Object.
entries(U.actions).map(([e,[t]])=>({value:e,label:Hi(t)}))},{kind:"choice",name:"resource_type",label:U.resourceType,options:ft(
U.resources)},{kind:"text",name:"resource_id",label:U.resource,hint:U.resourceHint},{kind:"text",name:"actor_id",label:U.
actor,hint:U.actorHint},{kind:"choice",name:"actor_type",label:U.actorType,options:ft({user:a.actor.user,service:a.actor.
service,agent:a.actor.agent})},{kind:"text",name:"credential_id",label:U.credential,hint:U.credentialHint},{kind:"text",
name:"request_id",label:U.request,hint:U.requestHint},{kind:"choice",name:"source",label:U.source,options:ft(U.sources)},
{kind:"from",name:"occurred_after",label:U.from},{kind:"to",name:"occurred_before",label:U.to}];function qo(e){let t=new URLSearchParams;
for(let{name:o}of jo){let r=e.get(o);r&&t.set(o,r)}return t}function Wo(e,t){let o=qo(t.parameters),r=!1,i=ct({fields:jo,
changed:A=>e.go($(["trail"],A)),announce:e.announce});i.chips.tabIndex=-1;let s=n("span",{class:"badge"}),d=n("details",
{class:"more"},n("summary",{},a.filters.title," ",s),i.form);function c(){i.show(o),_(s,o.size),s.hidden=o.size===0}let y=X(
e,"activity:read"),m=new AbortController,x={client:e.client,workspace:e.me.tenant_id,announce:e.announce,signal:m.signal},
v=n("p",{class:"empty"},U.invalid);v.hidden=!0;function T(A,M,I){let H=new URLSearchParams(o);return H.set("limit",String(
A)),M!==void 0&&H.set("cursor",M),e.client.listAuditEvents(H,I)}let l=be({async load(A,M){let I=await T(Fi,A,M);return v.
hidden=!0,i.showViolations([]),{rows:I.audit_events,next:I.next_cursor}},render:(A,M)=>it(A,M,I=>Do(I,{parameters:o,mayRead:y,
proofs:x})),empty:f,end:a.pager.end,announce:e.announce,began(A){g.show(A.length>0),r&&(r=!1,i.chips.focus())},failed:p});
l.element.addEventListener("click",A=>{let{target:M}=A;if(We(A))return;let I=M instanceof Element?M.closest("a[href]"):null,
H=I?.closest("[data-event]")?.dataset.event,z=l.rows().find(b=>b.id===H);I===null||z===void 0||(window.history.replaceState(
{place:l.placeOf(z),row:H},""),r=I.getAttribute("href")?.startsWith("#/trail?")===!0)});function p(A){return g.show(!1),
r=!1,A.failure!=="invalid"?!1:A.fieldErrors.some(({field:M})=>M==="cursor")?(window.history.replaceState(null,""),l.restart(),
!0):i.showViolations(A.fieldErrors).length>0?!1:(d.open=!0,v.hidden=!1,e.announce(A.fieldErrors.map(({message:M})=>M).join(
"; ")),!0)}function f(){let A=o.size>0;return n("div",{class:"empty"},n("h2",{},A?U.nothing:U.empty),n("p",{},A?U.nothingText:
U.emptyText),A&&n("button",{type:"button",on:{click:()=>e.go($(["trail"]))}},a.filters.clear))}let g=Lo({load:(A,M,I)=>T(
M,A,I),workspace:e.me.tenant_id,announce:e.announce}),L=n("div",{class:"timeline"},n("div",{class:"page-head"},n("div",{},
ee(U.title),n("p",{class:"lead"},U.lead))),d,i.chips,n("div",{class:"tools"},n("button",{type:"button",class:"quiet",on:{
click:()=>l.restart()}},U.reload),g.tools),g.told,Uo(x),n("section",{"aria-label":U.results},v,l.element)),S=st(l.element);
return c(),Re(l,"event"),{title:U.title,element:L,update(A){o=qo(A.parameters),g.forget(),c(),Re(l,"event")},stop(){m.abort(),
g.forget(),S(),l.stop()}}}var qe=[{path:[],scope:"activity:read",nav:a.nav.timeline,open:Eo},{path:["activities",":id"],scope:"activity:read",open:fo},
{path:["log"],scope:"activity:write",action:a.nav.log,open:En},{path:["trail"],scope:"audit:read",nav:a.nav.trail,open:Wo},
{path:["keys"],scope:"keys:manage",nav:a.nav.keys,open:Qn}];var Bo=0;function Vo(e){let t=Date.parse(e??"");Number.isNaN(t)||(Bo=t-Date.now())}function Go(){return Date.now()+Bo}var Ki=2e4,$i=3,Ni=400,Di=5e3,Ui={400:"malformed",401:"unauthorized",403:"forbidden",404:"not_found",409:"conflict",413:"\
too_large",422:"invalid",429:"rate_limited",500:"unavailable",502:"unavailable",503:"unavailable",504:"unavailable"};function qi(e){
let t=Number(e.headers.get("retry-after")??Number.NaN);return Number.isFinite(t)&&t>=0?t*1e3:void 0}async function Yo(e){
try{return await e.json()}catch(t){if(Q(t))throw t;return}}async function ji(e){let o=(await Yo(e))?.error,r={status:e.status,
requestId:e.headers.get("x-request-id")??o?.request_id,requiredScope:o?.required_scope,fieldErrors:o?.field_errors,retryAfterMs:qi(
e)},i=Ui[e.status]??"unexpected";return new Z(i,o?.message??e.statusText,r)}async function Wi(e,t){let o=new AbortController,
r=setTimeout(()=>o.abort(),Ki),i=()=>o.abort();t.signal?.addEventListener("abort",i);try{t.signal?.throwIfAborted();let s=t.
parameters?.toString()??"",d=await fetch(s===""?t.path:`${t.path}?${s}`,{method:t.method,headers:{Authorization:`Bearer ${e.
token}`,...e.user===void 0?{}:{"X-USER-ID":Bi(e.user)},...t.body===void 0?{}:{"Content-Type":"application/json"},...t.headers},
body:t.body===void 0?null:JSON.stringify(t.body),cache:"no-store",credentials:"omit",redirect:"error",referrerPolicy:"no\
-referrer",signal:o.signal});if(Vo(d.headers.get("date")),!d.ok)throw await ji(d);if(t.answers==="text"){let y=d.headers.
get("last-modified");return{text:await d.text(),lastModified:y}}let c=await Yo(d);if(typeof c!="object"||c===null)throw new Z(
"unexpected","The answer is not JSON.",{status:d.status});return c}catch(s){throw s instanceof Z?s:t.signal?.aborted?new DOMException(
"nobody waits for the answer","AbortError"):Q(s)?new Z("timeout","There was no answer in time."):new Z("offline","The AP\
I could not be reached.")}finally{clearTimeout(r),t.signal?.removeEventListener("abort",i)}}function Bi(e){return String.
fromCharCode(...new TextEncoder().encode(e))}function Vi(e,t){return new Promise((o,r)=>{let i=()=>{clearTimeout(s),r(new DOMException(
"nobody waits for the answer","AbortError"))},s=setTimeout(()=>{t?.removeEventListener("abort",i),o()},e);t?.addEventListener(
"abort",i,{once:!0})})}function Gi(e,t,o){if(!(e instanceof Z)||!o.repeatable||t>=$i||!["offline","timeout","rate_limite\
d","unavailable"].includes(e.failure)||e.failure==="offline"&&!navigator.onLine)return;let i=e.retryAfterMs??0;if(i>Di)return;
let s=Ni*2**(t-1)*(1+Math.random()/2);return Math.max(i,s)}async function zo(e,t){for(let o=1;;o+=1)try{return await Wi(
e,t)}catch(r){let i=Gi(r,o,t);if(i===void 0)throw r;await Vi(i,t.signal)}}function Jo(e,t){async function o(d){try{return await zo(e,d)}catch(c){throw c instanceof Z&&c.failure==="unauthorized"&&
t(),c}}let r=(d,c,y)=>o({method:"GET",path:d,parameters:c,signal:y,repeatable:!0}),i=(d,c,y,m)=>o({method:"POST",path:d,
body:c,headers:{"Idempotency-Key":y},signal:m,repeatable:!0}),s=new URLSearchParams;return{me:d=>r("v1/me",s,d),searchActivities:(d,c)=>r(
"v1/activities",d,c),getActivity:(d,c)=>r(`v1/activities/${encodeURIComponent(d)}`,s,c),logActivity:(d,c)=>o({method:"PO\
ST",path:"v1/activities",body:d,signal:c,repeatable:!0}),listAuditEvents:(d,c)=>r("v1/audit-events",d,c),getProof:(d,c)=>r(
`v1/audit-events/${encodeURIComponent(d)}/proof`,s,c),async newestCheckpoint(d){let c=new URLSearchParams({limit:"1"}),y="\
v1/audit-log/checkpoints",{checkpoints:m}=await r(y,c,d);return m.length===0?void 0:o({method:"GET",path:"v1/audit-log/c\
heckpoint",answers:"text",signal:d,repeatable:!0})},listKeys:(d,c)=>r("v1/keys",d,c),getKey:(d,c)=>r(`v1/keys/${encodeURIComponent(
d)}`,s,c),createKey:(d,c,y)=>i("v1/keys",d,c,y),rotateKey:(d,c,y,m)=>i(`v1/keys/${encodeURIComponent(d)}/rotate`,c,y,m),
revokeKey:(d,c)=>o({method:"DELETE",path:`v1/keys/${encodeURIComponent(d)}`,signal:c,repeatable:!0})}}var Zt="activity-log.credential",Qt="activity-log.viewer";function yt(e){return e.startsWith("alv_")}function Xo(e){try{
return window.sessionStorage.getItem(e)}catch{return null}}function mt(e,t){try{t===void 0?window.sessionStorage.removeItem(
e):window.sessionStorage.setItem(e,t)}catch{}}function Zo(){try{let{token:e,user:t}=JSON.parse(Xo(Zt)??"{}");return typeof e!=
"string"?void 0:typeof t=="string"?{token:e,user:t}:{token:e}}catch{return}}function Qo(){return Xo(Qt)!==null}function ht(){
mt(Qt,void 0)}function en(){let e=new URLSearchParams(window.location.hash.slice(1)),t=e.get("viewer_token");if(t===null)
return;mt(Qt,"1");let o=(e.get("to")??"").replace(/^#/,"");return window.history.replaceState(null,"",`#${o.startsWith("\
/")?o:"/"}`),yt(t)?{token:t}:"none"}var Yi=1e4;function Xt({expires_at:e}){return e===void 0?Number.POSITIVE_INFINITY:Date.
parse(e)-Go()}function er(e){let t,o="none",r;function i(c){clearTimeout(r),t=void 0,o=c,mt(Zt,void 0),e()}function s(c){
clearTimeout(r);let y=Xt(c.me);if(!Number.isFinite(y))return;let m=Math.min(Math.max(y,0),Yi);r=setTimeout(()=>{Xt(c.me)<=
0?i("expired"):s(c)},m)}let d={current:()=>t,ending:()=>o,async signIn(c,y){let m=Jo(c,()=>{t?.client===m&&i(Xt(t.me)<=0?
"expired":"refused")}),x=await m.me();return t={client:m,me:x,credential:c,viewer:yt(c.token)},o="none",s(t),mt(Zt,y&&!t.
viewer?JSON.stringify(c):void 0),t},async resume(c,y){try{await d.signIn(c,y)}catch(m){if(!(m instanceof Z)||m.failure!==
"unauthorized")throw m;t===void 0&&i("refused")}},signOut(){window.history.replaceState(null,"","#/"),i("signed_out")}};
return d}function zi({path:e}){return qe.find(t=>t.path.length===e.length&&t.path.every((o,r)=>o.startsWith(":")||o===e[r]))}function Ji(e){
return e===void 0||X(e,"activity:read")?void 0:qe.find(({scope:t})=>X(e,t))}function Xi(e){let t=er(()=>T()),o=Fn(e,qe,()=>{
Xe(),t.signOut()}),r,i,s,d=!1,c=0,y=!1;function m(S){let A=t.current();if(A===void 0)return Kn({ending:t.ending(),viewer:d,
useKey:l,signIn:p});let M=zi(S);if(M===void 0)return Sn();if(!X(A,M.scope)){let H=qe.filter(z=>X(A,z.scope));return Rn(M.
scope,A,H)}let I={client:A.client,me:A.me,viewer:A.viewer,announce:o.announce,go:(H,z)=>r?.go(H,z)};return M.open(I,S)}function x(S){
let A=en();if(A==="none"){g(),x(Be(window.location.hash));return}if(A!==void 0){f(A,!1);return}if(y)return;let M=S.path.
length===0?Ji(t.current()):void 0;if(M!==void 0){window.history.replaceState(null,"",$(M.path)),x(Be(window.location.hash));
return}if(s!==void 0&&s.join("/")===S.path.join("/")&&i?.update!==void 0){i.update(S);return}s=S.path,i?.stop?.(),i=void 0,
v(m(S),S.path)}function v(S,A){i?.stop?.(),i=S,o.showPage(i,A,c>0),c+=1}function T(){s=void 0,o.showAccount(t.current()),
r!==void 0&&x(r.current())}function l(){d=!1,ht(),T()}async function p(S,A){let M=await t.signIn(S,A);d=M.viewer,ht(),T(),
o.announce(a.signIn.signedIn(Ke(M.me.actor)))}async function f(S,A){d=yt(S.token),s=void 0,y=!0,v(Pn(),[]);try{await t.resume(
S,A)}catch(M){v(Ln(B(M),()=>{f(S,A)}),[]);return}y=!1,g(),T()}function g(){let S=t.current();S!==void 0&&!S.viewer&&(d=!1,
ht())}async function L(){let S=en(),A=S==="none"?void 0:S,M=A??Zo();d=Qo(),o.showAccount(void 0),On(),M!==void 0&&await f(
M,A===void 0),r=hn(x)}L()}var tr=document.getElementById("app");tr!==null&&Xi(tr);
