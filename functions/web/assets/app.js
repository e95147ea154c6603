function $e(e){return e.ctrlKey||e.metaKey||e.shiftKey}function yt(e,...t){for(let o of t)o==null||o===!1||(Array.isArray(
o)?yt(e,...o):o instanceof Node?e.appendChild(o):e.appendChild(document.createTextNode(String(o))))}function T(e,...t){e.
replaceChildren(),yt(e,...t)}function Do(e,t,o){if(o==null||o===!1){o===!1&&t.startsWith("aria-")&&e.setAttribute(t,"fal\
se");return}if(t.startsWith("on")||t==="style")throw new TypeError(`the attribute ${t} is code`);e.setAttribute(t,o===!0&&
!t.startsWith("aria-")?"":String(o))}function n(e,t={},...o){let r=document.createElement(e);for(let[i,s]of Object.entries(
t))if(i==="on")for(let[c,d]of Object.entries(s))r.addEventListener(c,d);else Do(r,i,s);return yt(r,...o),r}var Yt="http:\
//www.w3.org/2000/svg";function Q(...e){let t=document.createElementNS(Yt,"svg");t.setAttribute("viewBox","0 0 24 24"),t.
setAttribute("class","icon"),t.setAttribute("aria-hidden","true"),t.setAttribute("focusable","false");for(let o of e){let r=document.
createElementNS(Yt,"path");r.setAttribute("d",o),t.appendChild(r)}return t}function ee(e,t){return n("span",{dir:"auto",
class:t},e)}var zt=0;function se(e){return zt+=1,`${e}-${zt}`}var Jt=["M5 6h.01","M5 12h.01","M5 18h.01","M10 6h10","M10 12h6","M10 18h9"],Xt=["M7 7l10 10","M17 7L7 17"],Zt=["M12 5v1\
4","M5 12h14"],Qt=["M9 15L15 9","M10 6l1-1a4 4 0 0 1 6 6l-2 2","M14 18l-1 1a4 4 0 0 1-6-6l2-2"],en=["M12 12a4 4 0 1 0 0-\
8 4 4 0 0 0 0 8","M4 21c0-4 3.5-6 8-6s8 2 8 6"],tn=["M4 7h10","M18 7h2","M16 5v4","M4 17h2","M10 17h10","M8 15v4"],nn=["\
M12 3v6","M12 15v6","M3 12h6","M15 12h6"],Pe={note:["M6 3h9l4 4v14H6z","M9 11h7","M9 15h7"],call:["M5 4h4l2 5-2.5 1.5a11\
 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A15 15 0 0 1 4 5a1 1 0 0 1 1-1"],email:["M3 6h18v12H3z","M3 7l9 6 9-6"],meeting:[
"M4 6h16v14H4z","M4 10h16","M8 3v4","M16 3v4"],agent_action:["M5 9h14v10H5z","M12 5v4","M9 13v2","M15 13v2","M2 13v3","M\
22 13v3"]},on={succeeded:["M5 13l4 4L19 7"],denied:["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18","M6 6l12 12"],rejected:["M12 \
4l9 16H3z","M12 10v4","M12 17v.5"]};function No(e){try{return decodeURIComponent(e)}catch{return e}}function De(e){let t=e.replace(/^#/,""),o=t.indexOf("?");
return{path:(o<0?t:t.slice(0,o)).split("/").filter(Boolean).map(No),parameters:new URLSearchParams(o<0?"":t.slice(o+1))}}
function K(e,t){let o=new URLSearchParams;for(let[i,s]of t??[])s!==""&&o.append(i,s);let r=o.toString();return`#/${e.map(
encodeURIComponent).join("/")}${r===""?"":`?${r}`}`}function rn(e){let t=()=>De(window.location.hash);return window.addEventListener(
"hashchange",()=>e(t())),e(t()),{current:t,go(o,r="push"){o!==(window.location.hash||"#/")&&(r==="replace"?window.history.
replaceState(null,"",o):window.history.pushState(null,"",o),e(t()))}}}var Ne=(e,t,o)=>e===1?t:o,a={product:"Activity log",close:"Close",cancel:"Cancel",skipToContent:"Skip to the content",navigation:"\
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
ace","tried to remove the records of the workspace"]},refusedTimes:(e,t)=>`was refused ${e} more ${t?"time":"times"}`,resourceType:"\
Kind of subject",resources:{activity:"Activity",activity_type:"Activity type",record_type:"Record type",resource:"Record",
actor:"Actor",key:"Key",audit_event:"Audit trail",tool:"Tool",tenant:"Workspace"},resource:"About (id)",resourceHint:"An\
 activity’s id, a key’s, or deal:deal_123",actor:"Who (id)",actorHint:"Such as jane, or service:crm",actorType:"Kind\
 of actor",credential:"Key (id)",credentialHint:"The part of a key between its two dots",source:"Source",sources:{api:"A\
PI",mcp:"MCP",admin:"Operator"},request:"Request",requestHint:"As the header x-request-id names it",from:"From",to:"To",
doors:{"event:sqs":"a message of a queue","event:eventbridge":"an event of a bus","event:invoke":"an invocation",import:"\
an import"},tool:"tool",command:"command",credentials:{console:"the operator’s own rights",event:"rights to send event\
s"},key:"key",client:"from",errors:{malformed_request:"The request could not be read",unauthorized:"The key was not acce\
pted",missing_required_scope:"The key lacks the scope",resource_not_found:"There was no such thing",method_not_allowed:"\
The method is not one of the path",idempotency_conflict:"The idempotency key was used for another input",payload_too_large:"\
The input was too large",unsupported_media_type:"The input was no JSON",validation_failed:"The input broke rules",rate_limited:"\
Too many requests",internal_error:"The service failed",unavailable:"The service was not available"},fields:"Fields:",wholeInput:"\
the input as a whole",data:{actor_type:"Kind of actor",applied:"Done",audit_reads:"Reads that are recorded",count:"How m\
any",ends_at:"Ends",expires_at:"Ends",first_at:"First",hour:"In the hour from",last_at:"Last",records:"Records filed",refused:"\
Refused",removed:"Removed",removed_tenant:"Workspace that was removed before",replaced_by:"Replaced by",scopes:"Scopes",
unchanged:"As they were"},only:(e,t)=>`Filter by “${e}”: ${t}`,openActivity:"Open the activity",openRecord:"Open its\
 timeline",openActor:"What it did",openKey:"What was done with it",more:"All that is recorded",property:{occurred_at:"Wh\
en",occurred_at_utc:"In UTC",actor:"Who",authenticated_as:"The key stands for",on_behalf_of:"For whom",action:"Action",resource_type:"\
Kind of subject",resource_id:"About",status:"Status",error_code:"Error code",fields:"Fields",source:"Source",api_route:"\
Route",tool_name:"Tool",command:"Command",credential_id:"Credential",client_address:"Address",user_agent:"Program",request_id:"\
Request",input_hash:"SHA-256 of the input",tenant_id:"Workspace",id:"Event"},reload:"Refresh",csv:"Download as CSV",jsonLines:"\
Download as JSON lines",downloading:e=>`${e} events so far…`,downloaded:(e,t,o)=>`${e} has ${t} ${o?"event":"events"}:\
 all that the filters find.`,downloadedFirst:(e,t)=>`${e} has the newest ${t} events. There are more: choose earlier dat\
es for the rest.`,downloadStopped:"The download was stopped. There is no file.",invalid:"Correct what is marked, and the\
 list comes back.",nothing:"Nothing matches",nothingText:"Take a filter away, or choose other dates.",empty:"Nothing is \
recorded yet",emptyText:"Each write, each change of a key and each refusal is here from then on."},keys:{title:"Keys",lead:"\
Who may call the API of this workspace, and what for.",results:"All keys",madeNow:"Made just now",make:"Make a key",states:{
active:"Active",expires_soon:"Ends soon",rotated:"Replaced",ended:"Ended",revoked:"Revoked"},unnamed:e=>`Key ${e}`,own:"\
You are signed in with this key",property:{id:"Id",scopes:"May",made:"Made",ends:"Ends",never:"never",used:"Last used",usedHour:"\
in the hour from",unused:"not yet",unusedLately:"not within 400 days",revoked:"Revoked",replacedBy:"Replaced by",ranges:"\
Accepted from",anywhere:"everywhere",users:"May act for",anybody:"anybody",nobody:"nobody",itself:"this person alone",noScopes:"\
nothing"},more:e=>`${e} more`,changes:"What was done to it",calls:"What was done with it",rotate:"Rotate",rotateLabel:e=>`\
Rotate ${e}`,revoke:"Revoke",revokeLabel:e=>`Revoke ${e}`,empty:"There are no keys",emptyText:"Keys that programs and pe\
ople call with are here.",form:{title:"A new key",lead:"It can do no more than the key that you are signed in with.",name:"\
Name (optional)",nameHint:"What people call it, such as “Scout, production”",type:"It stands for",choose:"Choose",types:{
user:"A person",service:"A service",agent:"An agent"},id:"Id of that person, service or agent",idHint:"The trail names i\
t so, such as jane or crm-sync",scopes:"What it may do",expires:"When it ends (optional)",expiresHere:"When it ends",expiresHint:"\
In the time of your clock. Without it, the key does not end.",expiresOwn:e=>`In the time of your clock. Yours ends at ${e}\
: by then at the latest.`,notATime:"Give the day and the time in full.",expiresBy:e=>`Choose when it ends: at ${e} at th\
e latest.`,noType:"Choose what it stands for.",noId:"Write the id.",noScope:"Tick at least one.",leftTitle:"About the ke\
y that you were making",leftText:"The list of keys says whether it was made.",ranges:"Where it is accepted from (optiona\
l)",rangesHint:"One address or range a line, such as 192.0.2.0/24. Without any: everywhere.",users:"Whom it may act for",
usersAnybody:"Anybody",usersNobody:"Nobody",usersThese:"These people",usersIds:"Their ids",usersHint:"One id a line.",entry:e=>`\
Entry ${e}: `,submit:"Make the key",working:"Making it…"},secret:{made:"The key is made",warning:"Copy it now and keep\
 it in a safe place. It is shown this once, and can’t be shown again.",label:"Key",copy:"Copy",copied:"Copied.",selected:"\
It is selected. Copy it with your keyboard or its menu.",done:"Done",notCopied:"You have not copied it here. If you have\
 it elsewhere, close this once more.",lostTitle:"The key is made, but can’t be shown",lost:"The first answer got lost \
on its way, and the key in full with it: it is kept nowhere. Revoke this key, and make another one.",closed:e=>`${e} is \
in the list.`},rotating:{title:e=>`Rotate ${e}?`,text:"This makes a key in its place, for the same actor, with the same \
rights and the same limits. Both are accepted until the old one ends.",own:"You are signed in with this key. Sign in wit\
h the new one before it ends.",overlap:"The old key ends",overlaps:[[0,"at once"],[3600,"in an hour"],[86400,"in 24 hour\
s"],[604800,"in 7 days"],[2592e3,"in 30 days"]],overlapHint:"Or sooner, where it was to end sooner. “At once” takes up t\
o 60 seconds.",expires:"The new key ends (optional)",expiresHint:"In the time of your clock. Otherwise it lives as long \
as the old one was to.",submit:"Rotate",working:"Rotating…"},revoking:{title:e=>`Revoke ${e}?`,text:"It ends for good.\
 It is refused everywhere after 60 seconds at the latest.",own:"You are signed in with this key. Revoking it ends your s\
ession, too.",submit:"Revoke",working:"Revoking…",done:e=>`${e} is revoked.`}},days:{today:"Today",yesterday:"Yesterda\
y"},signIn:{title:"Sign in",lead:"Look at what happened, find it by any word, and log what is new.",key:"Key",keyHint:"I\
t begins with alk_. It is sent to this server only, and never put into an address.",show:"Show the key",user:"For a user\
 (optional)",userHint:"With a service's or an agent's key: the id of the user whom you act for.",keep:"Stay signed in un\
til this tab is closed",keepHint:"Otherwise the key is forgotten when the page is reloaded.",submit:"Sign in",working:"S\
igning in…",signedIn:e=>`Signed in as ${e}`,missing:"Paste a key.",notAKey:"This is no key: it has blanks or character\
s that keys do not have. Copy it again, from alk_ on.",refused:"This key is not accepted. It may be mistyped, expired, r\
evoked, or for another address or user. Ask whoever gave it to you for a new one.",expired:"The session has ended, becau\
se the key has expired. Sign in with a new one.",ended:"The session has ended, because the key is no longer accepted: it\
 has expired or was revoked. Sign in with another one.",viewerExpired:"The time of this view is over. Go back to the pag\
e that brought you here, and open it again.",signedOut:"You are signed out. The key is forgotten.",reference:"How progra\
ms use the API",viewerTitle:"This view is closed",useKey:"Sign in with a key instead",viewerLeft:"Go back to the page th\
at brought you here to open it again.",viewerRefused:"This view can't be opened: its link has expired or is not valid. G\
o back to the page that brought you here, and open it again."},noAccess:{title:"Nothing to see with this key",text:e=>`T\
his page needs the scope ${e}, which the key does not have. Sign in with another key, or ask whoever manages the keys.`,
has:"The key may:",nothing:"The key may do nothing at all.",pages:"These pages are open:",viewerTitle:"Not in this view",
viewerText:"This view has no such page."},notFound:{title:"There is no such page",text:"No page has this address.",back:"\
Go to the timeline"},timeline:{title:"Timeline",search:"Search",placeholder:"Search by any word, or “by a phrase”",allTypes:"\
All",types:"Type",results:"Activities",actorType:"Kind of actor",actor:"Who (id)",actorHint:"Such as jane, or service:cr\
m",recordType:"Kind of record",recordId:"Record (id)",recordHint:"Goes with the kind of record",source:"Source",from:"Fr\
om",to:"To",record:(e,t)=>`Show only what is about ${e} ${t}`,limited:"This view is limited to",fresh:(e,t)=>`${e}${t?" \
or more":""} new since then`,showFresh:(e,t)=>`Show ${e}${t?" or more":""} new ${Ne(e,"activity","activities")}`,invalid:"\
Correct what is marked, and the list comes back.",nothing:"Nothing matches",nothingText:"Try fewer words or other filter\
s. Every word has to be in the activity.",suggested:"No activity has all of these words, but some have most of them.",suggestions:"\
Searches with fewer words",empty:"Nothing has been logged yet",emptyViewer:"What is logged is here from then on.",emptyText:"\
What people, programs and agents log is here a moment later.",emptyReader:"Programs log with POST /v1/activities. The ke\
y needs the scope activity:write."},record_page:{title:"Activity",body:"Text",records:"Related records",fields:"Fields",
mentions:"Mentions",completion:"Completion",completedAt:"Completed",scheduled:"Scheduled activity",details:"Details",id:"\
Id",tenant:"Workspace",type:"Type",occurredAt:"Happened",loggedAt:"Logged",source:"Source",actor:"Who",authenticatedAs:"\
Through the key of",onBehalfOf:"On behalf of",lastAgent:"Agent",trail:"Audit trail",openTrail:"Open it in the audit trai\
l",trailEmpty:"The trail has no event about it.",notFoundText:"There is no activity with this id, or it is not yours to \
see.",yes:"Yes",no:"No",maybe:"Maybe",nothing:"None"},log:{title:"Log an activity",as:"It is logged as done by",type:"Ty\
pe",choose:"Choose",summary:"Summary",summaryHint:"What happened, in a line. Up to 500 characters.",body:"Text (optional\
)",bodyHint:"All that is to be found later. Up to 65,536 characters.",recordType:"Kind of record (optional)",recordId:"I\
d of the record",recordHint:"Such as con_123. The record has to be known.",none:"None",occurredAt:"When (optional)",occurredAtHint:e=>`\
In the time of ${e}. Left out, it is now.`,advanced:"For retries",key:"Idempotency key",keyHint:"The same key makes one \
activity, however often it is sent.",submit:"Log it",working:"Logging…",done:"Logged.",doneUnread:"It is logged. Your \
key may not read activities, so this is all to be seen of it:",used:(e,t)=>`${e.toLocaleString("en")} of ${t.toLocaleString(
"en")} characters`,summaryTitle:e=>`${e} ${Ne(e,"thing","things")} to correct`,rules:{type:"choose what kind of thing ha\
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
ng",shown:(e,t)=>`${e} ${Ne(e,"row","rows")} shown${t?", and there is more":""}`},problem:{retry:"Try again",request:e=>`\
Request ${e}`,titles:{offline:"No connection",timeout:"No answer",unexpected:"An unexpected answer",malformed:"The reque\
st could not be read",unauthorized:"The key is not accepted",forbidden:"Not allowed",not_found:"Not found",conflict:"Alr\
eady used",too_large:"Too large",invalid:"Please look at what is marked",rate_limited:"Too many requests",unavailable:"N\
ot available just now"},advice:{offline:"The server can't be reached. Look at your connection, and try again.",timeout:"\
The server took too long. Try again in a moment.",unexpected:"Something between you and the API may have answered in its\
 place.",malformed:"Reload the page, and try again.",unauthorized:"Sign in with another key.",forbidden:"This key may no\
t do this, or not from here.",not_found:"It does not exist, or it is not yours to see.",conflict:"The same key was used \
for another input.",too_large:"Make it shorter.",invalid:"",rate_limited:"The server asks for a pause.",unavailable:"Try\
 again in a moment. If it stays, tell whoever runs the service."},scope:e=>`The key lacks the scope ${e}.`,after:e=>`Try\
 again in ${e} ${Ne(e,"second","seconds")}.`},shortcuts:{title:"Keyboard",lead:"Everything can be reached with Tab and E\
nter. These are shorter:",enabled:"Use these single keys",keys:[["/","Search"],["j","The next row"],["k","The row before"],
["?","This help"]],hint:"They rest while you type. Switch them off if they get in the way of your screen reader or of sp\
eech input."}};var Uo={user:en,service:tn,agent:nn};function Ce(e){return e.display_name??e.id}function gt(e){return`${e.type}:${e.id}`}
function ht(e,t){let o=Ce(e),r=[Q(...Uo[e.type]),n("span",{class:e.type==="user"?"visually-hidden":"actor-type"},`${a.actor[e.
type]} `),n("span",{dir:"auto",class:"name"},o)],i=`${a.actor[e.type]} ${e.id}`;if(t===void 0)return n("span",{class:"ac\
tor",title:i},r);let s=new URLSearchParams(t.parameters);return s.set("actor_id",gt(e)),s.delete("actor_type"),n("a",{class:"\
actor",href:K(t.path,s),title:a.actor.filter(o)},r)}function te(e,t){return n("span",{class:"deed"},ht(e.actor,t),e.on_behalf_of!==
void 0&&[n("span",{class:"joint"},` ${a.actor.onBehalfOf} `),ht(e.on_behalf_of,void 0)],e.authenticated_as!==void 0&&[n(
"span",{class:"joint"},` ${a.actor.through} `),ht(e.authenticated_as,void 0)])}var J=class extends Error{constructor(o,r,i={}){super(r);this.failure=o;this.status=i.status,this.requestId=i.requestId,
this.requiredScope=i.requiredScope,this.fieldErrors=i.fieldErrors??[],this.retryAfterMs=i.retryAfterMs}failure;name="Api\
Error";status;requestId;requiredScope;fieldErrors;retryAfterMs};function ne(e){return e instanceof DOMException&&e.name===
"AbortError"}function Y(e){return e instanceof J?e:new J("unexpected",e instanceof Error?e.message:String(e))}function z(e,t){return e.viewer?t==="activity:read":e.me.scopes.includes(t)}function X(e){return n("h1",{tabindex:"-1"},
e)}function wt(){return[...crypto.getRandomValues(new Uint8Array(16))].map(t=>t.toString(16).padStart(2,"0")).join("")}function Ue(){
let e;return{keyFor(t){let o=JSON.stringify(t);return e?.json!==o&&(e={json:o,key:`pages-${wt()}`}),e.key},accepted(){e=
void 0}}}function U(e,t){e.id||=se("field");let o=t.hint===void 0?void 0:n("p",{class:"hint"},t.hint),r=n("p",{class:"violation",
id:`${e.id}-violation`});return r.hidden=!0,o!==void 0&&(o.id=`${e.id}-hint`,e.setAttribute("aria-describedby",o.id)),{element:n(
"div",{class:["field",t.class].filter(Boolean).join(" ")},n("label",{for:e.id},t.label),e,o,r),control:e,setError(i){r.hidden=
i===void 0,T(r,i);let s=[o?.id,i===void 0?void 0:r.id].filter(Boolean);s.length>0?e.setAttribute("aria-describedby",s.join(
" ")):e.removeAttribute("aria-describedby"),i===void 0?e.removeAttribute("aria-invalid"):e.setAttribute("aria-invalid","\
true")}}}function be(e,t,o){return n("select",{name:e},n("option",{value:""},t),o.map(r=>n("option",{value:r.value},r.label)))}
function ie(e,t){let o=new Map,r=[];for(let{field:s,message:c}of t)e.has(s)?o.set(s,[...o.get(s)??[],c]):r.push(s==="$"?
c:`${s}: ${c}`);let i;for(let[s,c]of e){let d=o.get(s);c.setError(d?.join("; ")),d!==void 0&&(i??=c.control)}return{first:i,
rest:r}}var qo=8e3;function ke(e){let t=n("p",{class:"loading",...e},a.pager.loading);return an(t),t}function qe(){let e=n("p",{
class:"hint",role:"status"});return an(e),e}function an(e){let t=new WeakRef(e);setTimeout(()=>{let o=t.deref();o?.isConnected&&
T(o,a.pager.slow)},qo)}function bt(e){if(e.requiredScope!==void 0)return a.problem.scope(e.requiredScope);if(e.retryAfterMs!==void 0&&e.retryAfterMs>
0)return a.problem.after(Math.ceil(e.retryAfterMs/1e3));if(e.failure==="invalid"||e.failure==="malformed"){let t=e.fieldErrors.
map(({field:o,message:r})=>`${o}: ${r}`);return t.length>0?t.join("; "):e.message}return a.problem.advice[e.failure]}function oe(e,t){
return n("div",{class:"problem",role:"alert","data-failure":e.failure},n("p",{class:"problem-title"},a.problem.titles[e.
failure]),n("p",{},bt(e)),e.requestId!==void 0&&n("p",{class:"fine"},a.problem.request(e.requestId)),t!==void 0&&n("butt\
on",{type:"button",on:{click:t}},a.problem.retry))}function _e(e,t){let o=oe(e,t);if(e.failure==="offline"){let r=()=>o.
isConnected&&t();window.addEventListener("online",r,{once:!0})}return o}var fe=navigator.languages.find(e=>/^en\b/i.test(e))??"en-GB",jo=new Intl.DateTimeFormat(fe,{hour:"2-digit",minute:"2-di\
git"}),Wo=new Intl.DateTimeFormat(fe,{dateStyle:"medium"}),sn=new Intl.DateTimeFormat(fe,{dateStyle:"medium",timeStyle:"\
short"}),Vo=new Intl.DateTimeFormat(fe,{dateStyle:"full",timeStyle:"long"}),Bo=new Intl.DateTimeFormat(fe,{weekday:"long",
day:"numeric",month:"long"}),Go=new Intl.DateTimeFormat(fe,{dateStyle:"full"});function Ie(e,t){let o=new Date(t);return Number.
isNaN(o.getTime())?t:e.format(o)}function Fe(e){return e.replace("T"," ").replace(/Z$/," UTC")}function vt(e,t){return n(
"time",{datetime:t,title:Fe(t)},Ie(e,t))}var je=e=>vt(jo,e),ae=e=>vt(sn,e),Te=e=>vt(Vo,e),ve=e=>Ie(sn,e),dn=e=>Ie(Wo,e);
function de(e){let t=(o,r)=>String(o).padStart(r,"0");return`${t(e.getFullYear(),4)}-${t(e.getMonth()+1,2)}-${t(e.getDate(),
2)}`}function kt(e,t){let o=new Date(e),r=new Date,i=new Date(r);return i.setDate(r.getDate()-1),de(o)===de(r)?t.today:de(
o)===de(i)?t.yesterday:Ie(o.getFullYear()===r.getFullYear()?Bo:Go,e)}function We(e,t=0){let o=/^(\d{4})-(\d{2})-(\d{2})$/.
exec(e);if(o===null)return;let r=new Date(2e3,0,1);return r.setFullYear(Number(o[1]),Number(o[2])-1,Number(o[3])+t),Number.
isNaN(r.getTime())?void 0:r.toISOString()}function cn(e){let t=new Date(e),o=/T(\d{2}):(\d{2})/.exec(e);return o!==null&&
!Number.isNaN(t.getTime())&&(t.getHours()!==Number(o[1])||t.getMinutes()!==Number(o[2]))}var Yo=new Intl.DateTimeFormat(
fe,{dateStyle:"long",timeZone:"UTC"});function ln(e){return n("time",{datetime:e},Ie(Yo,e))}var un=new Intl.DateTimeFormat(
fe).resolvedOptions().timeZone;var I=a.log,pn=500,mn=65536,zo=255,Jo=1440*60*1e3,Ve;function Be(){Ve=void 0}function Xo({me:e}){let t=[e.actor,e.authenticated_as,
e.on_behalf_of],o=JSON.stringify([e.tenant_id,t.map(r=>r&&gt(r))]);return Ve?.owner!==o&&(Ve={owner:o,draft:new Map}),Ve.
draft}var fn=e=>Object.entries(e).map(([t,o])=>({value:t,label:o})),He=["related_resource_type","related_resource_id"];function _t(e){
let t=0;for(let o of e)t+=1;return t}function Zo(){let e=(t,o={})=>n("input",{type:"text",name:t,autocomplete:"off",...o});
return new Map([["type",U(be("type",I.choose,fn(a.category)),{label:I.type})],["summary",U(e("summary",{dir:"auto"}),{label:I.
summary,hint:I.summaryHint,class:"wide"})],["body",U(n("textarea",{name:"body",rows:8,dir:"auto"}),{label:I.body,hint:I.
bodyHint,class:"wide"})],["related_resource_type",U(be("related_resource_type",I.none,fn(a.record)),{label:I.recordType})],
["related_resource_id",U(e("related_resource_id",{spellcheck:"false",autocapitalize:"none"}),{label:I.recordId,hint:I.recordHint})],
["occurred_at",U(n("input",{type:"datetime-local",name:"occurred_at",step:1}),{label:I.occurredAt,hint:I.occurredAtHint(
un)})],["idempotency_key",U(e("idempotency_key",{spellcheck:"false",class:"code"}),{label:I.key,hint:I.keyHint})]])}function yn(e,t){
let o=Xo(e),r=new AbortController,i=Zo(),s=!1,c=m=>i.get(m)?.control,d=m=>c(m)?.value??"";function g(){let m=c("idempote\
ncy_key");m!==void 0&&(m.value=`pages-${wt()}`,o.set("idempotency_key",m.value))}function y(){for(let m of i.keys())o.set(
m,d(m))}let E=m=>t.parameters.get(m)??"",x=He.some(m=>(o.get(m)??"")!==""),R=x&&He.some(m=>E(m)!==(o.get(m)??""));for(let[
m,{control:l}]of i)l.value=He.includes(m)&&!x?E(m):o.get(m)??"",l.addEventListener("input",y);d("idempotency_key")===""&&
g();function f(){let[m="",l=""]=He.map(E),h=a.record[m]??m,S=n("div",{class:"notice"},n("p",{},I.otherRecord),n("button",
{type:"button",on:{click:()=>{for(let L of He){let A=c(L);A!==void 0&&(A.value=E(L))}y(),S.remove(),c("related_resource_\
id")?.focus()}}},I.makeAbout(h,l)));return S}function u(m,l){let h=n("p",{class:"hint counter"}),S=()=>{let L=_t(d(m));T(
h,L>l*.8&&I.used(L,l)),h.classList.toggle("violation",L>l)};i.get(m)?.element.append(h),c(m)?.addEventListener("input",S),
S()}u("summary",pn),u("body",mn);let p=n("div",{class:"summary"}),k=n("details",{class:"more wide"},n("summary",{},I.advanced),
i.get("idempotency_key")?.element);function v(m){let{first:l,rest:h}=ie(i,m);m.some(({field:A})=>A==="idempotency_key")&&
(k.open=!0);let S=se("violations"),L=n("div",{class:"problem",role:"alert",tabindex:"-1","aria-labelledby":S},n("h2",{id:S},
I.summaryTitle(m.length)),n("ul",{},[...i].flatMap(([A,q])=>m.filter(G=>G.field===A).map(({message:G})=>n("li",{},n("but\
ton",{type:"button",class:"link",on:{click:()=>q.control.focus()}},`${q.element.querySelector("label")?.textContent}: ${G}`)))),
h.map(A=>n("li",{},A))));T(p,L),(m.length===1&&l!==void 0?l:L).focus()}function _(m){if(m.fieldErrors.length>0){v(m.fieldErrors);
return}let l=["offline","timeout","unavailable","unexpected"].includes(m.failure);m.failure==="conflict"?T(p,n("div",{class:"\
problem",role:"alert"},n("p",{class:"problem-title"},a.problem.titles.conflict),n("p",{},I.conflict),n("div",{class:"act\
ions"},n("a",{class:"button",href:"#/"},a.notFound.back),n("button",{type:"button",on:{click:()=>{g(),N()}}},I.another)))):
T(p,oe(m,()=>{N()}),l&&n("p",{class:"fine"},I.lost)),p.querySelector("button, a")?.focus()}function M(){let m={};for(let l of i.
keys()){let h=l==="summary"||l==="body"?d(l):d(l).trim();h!==""&&(m[l]=l==="occurred_at"?new Date(h).toISOString():h)}return m}
function C(){let m=[],l=(Le,Me,ut)=>{Me&&m.push({field:Le,message:ut})},h=c("occurred_at"),S=Date.parse(d("occurred_at")),
L=h instanceof HTMLInputElement&&h.validity.badInput,A=d("related_resource_type")!=="",q=d("related_resource_id").trim()!==
"",G=new TextEncoder().encode(d("idempotency_key").trim());return l("type",d("type")==="",I.rules.type),l("summary",d("s\
ummary").trim()==="",I.rules.summary),l("summary",_t(d("summary"))>pn,I.rules.summaryLong),l("body",_t(d("body"))>mn,I.rules.
bodyLong),l("related_resource_type",q&&!A,I.rules.recordType),l("related_resource_id",A&&!q,I.rules.recordId),l("occurre\
d_at",L,I.rules.occurredAt),l("occurred_at",cn(d("occurred_at")),I.rules.occurredNever),l("occurred_at",S<0,I.rules.occurredEarly),
l("occurred_at",S>Date.now()+Jo,I.rules.occurredLate),l("idempotency_key",G.length>zo,I.rules.key),m}let H=n("button",{type:"\
submit",class:"primary"},I.submit);async function N(){if(s)return;let m=C();if(m.length>0){v(m);return}d("idempotency_ke\
y").trim()===""&&g(),s=!0,H.setAttribute("aria-disabled","true"),T(H,I.working),T(p,qe()),ie(i,[]);try{let{activity:l}=await e.
client.logActivity(M(),r.signal);z(e,"activity:read")?(Be(),e.announce(I.done),e.go(K(["activities",l.id]),"replace")):Z(
l.id)}catch(l){ne(l)||_(Y(l))}finally{s=!1,H.removeAttribute("aria-disabled"),T(H,I.submit)}}function Z(m){for(let{control:h}of i.
values())h.value="",h.dispatchEvent(new Event("input"));g();let l=n("div",{class:"notice",role:"status",tabindex:"-1"},n(
"p",{},I.doneUnread),n("p",{},n("code",{},m)));T(p,l),l.focus()}function b(){Be(),e.go("#/")}let P=n("div",{class:"log-p\
age stack"},X(I.title),n("p",{class:"row-meta"},n("span",{class:"joint"},I.as),te(e.me)),R&&E("related_resource_id")!==""&&
f(),p,n("form",{class:"panel form-grid",novalidate:!0,on:{submit:m=>{m.preventDefault(),N()}}},[...i].filter(([m])=>m!==
"idempotency_key").map(([,{element:m}])=>m),k,n("div",{class:"actions wide"},n("button",{type:"button",on:{click:b}},I.discard),
H)));return{title:I.title,element:P,stop:()=>r.abort()}}function hn(){return{title:a.notFound.title,element:n("div",{class:"narrow"},X(a.notFound.title),n("p",{},a.notFound.text),
n("p",{},n("a",{href:"#/"},a.notFound.back)))}}function gn(e,{me:t,viewer:o},r){let i=o?a.noAccess.viewerTitle:a.noAccess.
title,s=r.flatMap(({path:c,nav:d,action:g})=>{let y=d??g;return y===void 0?[]:[n("li",{},n("a",{href:K(c)},y))]});return{
title:i,element:n("div",{class:"narrow"},X(i),o?n("p",{},a.noAccess.viewerText):Qo(e,t),s.length>0&&[n("p",{},a.noAccess.
pages),n("ul",{class:"dotted"},s)])}}function Qo(e,t){return[n("p",{},a.noAccess.text(e)),t.scopes.length===0?n("p",{},a.
noAccess.nothing):[n("p",{},a.noAccess.has),n("ul",{class:"dotted"},t.scopes.map(o=>n("li",{},n("code",{},o),` – ${a.scope[o]}`)))]]}
function wn(){return{title:a.product,element:ke({role:"status"})}}function bn(e,t){return{title:a.product,element:n("div",
{class:"narrow"},X(a.product),_e(e,t))}}function vn(){let e=n("div",{class:"visually-hidden",role:"status","aria-live":"polite"});return{element:e,announce(t){e.
textContent=e.textContent===t?`${t} `:t}}}function me(e){let t=se("dialog"),o=document.activeElement,r=n("dialog",{class:"dialog","aria-labelledby":t,on:{keydown:i=>{
i.key==="Escape"&&e.mayClose?.()===!1&&i.preventDefault()},cancel:i=>{e.mayClose?.()===!1&&i.preventDefault()},close:()=>{
r.remove(),o instanceof HTMLElement&&o.isConnected&&o.focus(),e.closed?.()}}},n("h2",{id:t,tabindex:"-1",autofocus:!0},e.
title),n("div",{class:"dialog-content"},e.content),n("div",{class:"actions"},n("button",{type:"button",on:{click:()=>{e.
mayClose?.()!==!1&&r.close()}}},e.closeLabel??a.close),e.actions));return document.body.appendChild(r),r.showModal(),{close:()=>r.
close()}}var Tt="activity-log.shortcuts-off";function _n(){try{return window.localStorage.getItem(Tt)!==null}catch{return!1}}function er(e){
try{e?window.localStorage.setItem(Tt,"1"):window.localStorage.removeItem(Tt)}catch{}}function tr(e){return e instanceof HTMLElement&&
(e.isContentEditable||e.matches("input, select, textarea"))}function kn(e){let t=[...document.querySelectorAll("[data-ro\
w]")],o=document.activeElement,r=t.findIndex(s=>s===o||s.parentElement?.contains(o)),i=t[r<0?e>0?0:t.length-1:r+e];i?.focus(),
i?.scrollIntoView({block:"nearest"})}function xt(){let e=_n();me({title:a.shortcuts.title,content:[n("p",{},a.shortcuts.
lead),n("dl",{class:"keys"},a.shortcuts.keys.map(([t,o])=>[n("dt",{},n("kbd",{},t)),n("dd",{},o)])),n("label",{class:"ti\
ck"},n("input",{type:"checkbox",checked:!e,on:{change:t=>er(!t.target.checked)}}),a.shortcuts.enabled),n("p",{class:"hin\
t"},a.shortcuts.hint)]})}function Tn(){document.addEventListener("keydown",e=>{let t=e.ctrlKey||e.metaKey||e.altKey;if(!(e.
defaultPrevented||t||tr(e.target)||_n())&&document.querySelector("dialog[open]")===null){switch(e.key){case"/":{let o=document.
querySelector("input[type=search]");if(o===null)return;o.focus();break}case"j":kn(1);break;case"k":kn(-1);break;case"?":
xt();break;default:return}e.preventDefault()}})}var nr=10080*60*1e3;function or(e){return e!==void 0&&Date.parse(e)-Date.now()<nr}function St(e){return n("a",{href:"doc\
s",target:"_blank",rel:"noopener"},e,n("span",{class:"visually-hidden"},` ${a.nav.newTab}`))}function xn(e,t,o){let r=vn(),
i=n("header",{class:"header"}),s=n("main",{id:"content",class:"main",tabindex:"-1"}),c=n("a",{class:"skip",href:"#conten\
t",on:{click:y=>{y.preventDefault(),s.focus()}}},a.skipToContent);T(e,c,i,s,r.element);function d(y){let E=z(y,"activity\
:read"),x=t.filter(f=>z(y,f.scope)).map(f=>({path:f.path,name:f.nav??(E?null:f.action)})).filter(({name:f})=>f).map(({path:f,
name:u})=>n("li",{},n("a",{href:K(f),"data-page":f.join("/")},u))),R=!y.viewer&&n("li",{},St(a.nav.reference));return n(
"nav",{"aria-label":a.navigation},n("ul",{},x,R))}function g({me:y}){return n("div",{class:"account"},n("p",{class:"acco\
unt-name"},n("span",{class:"visually-hidden"},`${a.account.label}: `),te(y),n("span",{class:"fine"},n("span",{class:"vis\
ually-hidden"},` ${a.account.tenant} `),n("span",{},y.tenant_id),or(y.expires_at)&&[" · ",n("span",{},a.account.endsAt(
"")),ae(y.expires_at)])),n("button",{type:"button",class:"quiet",on:{click:o}},a.nav.signOut))}return{announce:r.announce,
showAccount(y){let E=n("a",{class:"brand",href:"#/"},Q(...Jt),a.product),x=n("button",{type:"button",class:"quiet help",
"aria-label":a.nav.help,title:a.nav.help,on:{click:xt}},"?");y===void 0?T(i,n("div",{class:"bar"},E,x)):T(i,n("div",{class:"\
bar"},E,d(y),x,g(y)))},showPage(y,E,x){document.title=y.title===a.product?y.title:`${y.title} – ${a.product}`,T(s,y.element);
for(let R of i.querySelectorAll("a[data-page]"))R.dataset.page===E.join("/")?R.setAttribute("aria-current","page"):R.removeAttribute(
"aria-current");window.scrollTo({top:0,behavior:"instant"}),x&&document.hasFocus()&&(s.querySelector("[data-focus], h1")??
s).focus()}}}function Sn(e,t){return n("a",{class:"button main-action",href:e},Q(...Zt),t)}var rr=/^[\x21-\x7e]+$/;function ir(e,t){switch(e){case"none":return t?a.signIn.viewerLeft:void 0;case"signed_out":return t?
a.signIn.viewerLeft:a.signIn.signedOut;case"expired":return t?a.signIn.viewerExpired:a.signIn.expired;case"refused":return t?
a.signIn.viewerRefused:a.signIn.ended}}function En(e){let t=ir(e.ending,e.viewer),o=n("div",{class:"sign-in"}),r=X(a.signIn.
title),i=t!==void 0&&n("p",{class:"notice",role:"alert"},t);if(e.viewer){let f=n("button",{type:"button",class:"link",on:{
click:e.useKey}},a.signIn.useKey);return T(o,X(a.signIn.viewerTitle),i,n("p",{},f)),{title:a.signIn.viewerTitle,element:o}}
let s=U(n("input",{name:"key",type:"password",autocomplete:"off",autocapitalize:"none",spellcheck:"false",required:!0,class:"\
code"}),{label:a.signIn.key,hint:a.signIn.keyHint}),c=n("input",{type:"checkbox",on:{change:()=>{s.control.type=c.checked?
"text":"password"}}}),d=U(n("input",{name:"user",type:"text",autocomplete:"off",autocapitalize:"none",spellcheck:"false"}),
{label:a.signIn.user,hint:a.signIn.userHint}),g=n("input",{type:"checkbox",name:"keep"}),y=n("button",{type:"submit",class:"\
primary"},a.signIn.submit),E=n("div"),x=!1;async function R(){if(x)return;let f=s.control.value.trim();if(!rr.test(f)){s.
setError(f===""?a.signIn.missing:a.signIn.notAKey),s.control.focus();return}let u=d.control.value.trim();s.setError(void 0),
T(E,qe()),x=!0,y.setAttribute("aria-disabled","true"),T(y,a.signIn.working);try{await e.signIn(u===""?{token:f}:{token:f,
user:u},g.checked)}catch(p){let k=Y(p);T(E),k instanceof J&&k.failure==="unauthorized"?(s.setError(a.signIn.refused),s.control.
focus()):k.failure==="invalid"?d.setError(bt(k)):T(E,oe(k))}finally{x=!1,y.removeAttribute("aria-disabled"),T(y,a.signIn.
submit)}}return T(o,r,n("p",{class:"lead"},a.signIn.lead),i,n("form",{class:"panel stack",novalidate:!0,on:{submit:f=>{f.
preventDefault(),R()}}},s.element,n("label",{class:"tick"},c,a.signIn.show),d.element,n("label",{class:"tick"},g,a.signIn.
keep),n("p",{class:"hint"},a.signIn.keepHint),E,n("div",{class:"actions"},y)),n("p",{class:"fine"},St(a.signIn.reference))),
{title:a.signIn.title,element:o}}function Et(e,...t){let o=n("p",{class:"violation",id:se("violation"),hidden:!0}),r=e.hint===void 0?void 0:n("p",{class:"\
hint",id:se("hint")},e.hint),i=n("fieldset",{class:"group"},n("legend",{},e.legend),t,r,o);function s(...c){let d=c.filter(
g=>g!==void 0);d.length>0?i.setAttribute("aria-describedby",d.join(" ")):i.removeAttribute("aria-describedby")}return s(
r?.id),{element:i,control:e.control,setError(c){o.hidden=c===void 0,T(o,c),s(r?.id,c===void 0?void 0:o.id),c===void 0?e.
control.removeAttribute("aria-invalid"):e.control.setAttribute("aria-invalid","true")}}}function At(e,...t){let o=n("inp\
ut",e);return{element:n("label",{class:"tick"},o,n("span",{},t)),control:o}}function An(e){return e.split(`
`).map(t=>t.trim()).filter(t=>t!=="")}function Rt(e){let t=new Date(e);return Number.isNaN(t.getTime())?e:t.toISOString()}
function Rn(e){let t=An(e.ranges),o=e.users==="these"?An(e.userIds):[],r=e.actorType!=="user"&&e.users!=="anybody";return{
actor:{type:e.actorType,id:e.actorId.trim()},scopes:[...e.scopes],...e.name.trim()===""?{}:{name:e.name.trim()},...e.expires===
""?{}:{expires_at:Rt(e.expires)},...t.length===0?{}:{address_ranges:t},...r?{users:o}:{}}}function Ln({field:e,message:t}){
return{field:e==="actor"?"actor.id":e,message:t.replace(/^element (\d+): /,(o,r)=>a.keys.form.entry(Number(r)+1))}}var O=a.keys.form;function Lt(e,t,o){let r=U(n("input",{name:e,type:"datetime-local"}),{label:t,hint:o});return{...r,isWhole(){
let i=!r.control.validity.badInput;return r.setError(i?void 0:O.notATime),i}}}function Mt(e){me({title:O.leftTitle,content:[
oe(e),n("p",{},O.leftText)]})}function ar({actor:e}){return e.type==="agent"?["agent"]:["user","service","agent"]}function Mn(e){
let{me:t}=e,o=Ue(),r={autocomplete:"off",autocapitalize:"none",spellcheck:"false"},i=U(n("input",{name:"name",type:"text",
dir:"auto",...r}),{label:O.name,hint:O.nameHint}),s=U(be("actor.type",O.choose,ar(t).map(h=>({value:h,label:O.types[h]}))),
{label:O.type}),c=U(n("input",{name:"actor.id",type:"text",dir:"auto",...r}),{label:O.id,hint:O.idHint}),d=t.scopes.map(
h=>At({type:"checkbox",name:"scopes",value:h},n("code",{},h),` – ${a.scope[h]}`)),g=Et({legend:O.scopes,control:d[0]?.
control??n("input")},d.map(({element:h})=>h)),y=Lt("expires_at",t.expires_at===void 0?O.expires:O.expiresHere,t.expires_at===
void 0?O.expiresHint:O.expiresOwn(ve(t.expires_at))),E=U(n("textarea",{name:"address_ranges",rows:2,class:"code",...r}),
{label:O.ranges,hint:O.rangesHint}),x=(h,S)=>At({type:"radio",name:"users",value:h},S),R=x("anybody",O.usersAnybody),f=x(
"nobody",O.usersNobody),u=x("these",O.usersThese),p=U(n("textarea",{name:"user_ids",rows:3,dir:"auto",...r}),{label:O.usersIds,
hint:O.usersHint}),k=Et({legend:O.users,control:R.control},R.element,f.element,u.element,p.element),v=new Map([["name",i],
["actor.type",s],["actor.id",c],["scopes",g],["expires_at",y],["address_ranges",E],["users",k]]);function _(){k.element.
hidden=s.control.value==="user",p.element.hidden=!u.control.checked}function M(){let h=[f,u].find(({control:S})=>S.checked)?.
control.value;return{name:i.control.value,actorType:s.control.value,actorId:c.control.value,scopes:t.scopes.filter((S,L)=>d[L]?.
control.checked),expires:y.control.value,ranges:E.control.value,users:h??"anybody",userIds:p.control.value}}let C=n("but\
ton",{type:"submit",class:"primary"}),H=n("div");function N(h){C.disabled=h,T(C,h?O.working:O.submit)}function Z(){let h=[],
S=(G,Le,Me)=>{Le&&h.push({field:G,message:Me})},L=y.control.value,A=!y.control.validity.badInput,q=L===""||Date.parse(L)>
Date.parse(t.expires_at??"");return S("actor.type",s.control.value==="",O.noType),S("actor.id",c.control.value.trim()===
"",O.noId),S("scopes",d.every(({control:G})=>!G.checked),O.noScope),S("expires_at",!A,O.notATime),t.expires_at!==void 0&&
S("expires_at",A&&q,O.expiresBy(ve(t.expires_at))),h}async function b(){if(C.disabled)return;T(H);let{first:h}=ie(v,Z());
if(h!==void 0){h.focus();return}let S=Rn(M());N(!0);try{let L=await e.client.createKey(S,o.keyFor(S));o.accepted(),e.made(
L)}catch(L){P(L)}finally{N(!1)}}function P(h){let S=Y(h);if(!l.isConnected){Mt(S);return}let L=S.fieldErrors.map(Ln),{first:A,
rest:q}=ie(v,L);(A===void 0||q.length>0)&&T(H,oe(S)),A?.focus()}let m=n("h2",{tabindex:"-1"},O.title),l=n("form",{class:"\
stack",novalidate:!0,on:{submit:h=>{h.preventDefault(),b()},change:_}},i.element,n("div",{class:"pair"},s.element,c.element),
g.element,k.element,n("div",{class:"pair"},y.element,E.element),H,n("div",{class:"actions"},n("button",{type:"button",on:{
click:e.cancelled}},a.cancel),C));return{element:n("section",{class:"panel stack","aria-label":O.title},n("div",{},m,n("\
p",{class:"hint"},O.lead)),l),begin(){l.reset(),ie(v,[]),T(H),N(!1),t.actor.type==="user"?(u.control.checked=!0,p.control.
value=t.actor.id):R.control.checked=!0,_(),m.focus()}}}var{secret:ue,rotating:ce,revoking:xe}=a.keys;function ye(e){return e.name??a.keys.unnamed(e.key_id)}function Pn({key:e,
secret:t},o){if(t===void 0){me({title:ue.lostTitle,content:[n("p",{class:"notice",dir:"auto"},ye(e)),n("p",{},ue.lost)],
closed:o});return}let r=n("p",{role:"status",class:"hint"}),i=!1,s=U(n("textarea",{class:"code",rows:3,readonly:!0,spellcheck:"\
false",dir:"ltr"},t),{label:ue.label});s.control.addEventListener("copy",()=>{i=!0});async function c(){try{await navigator.
clipboard.writeText(s.control.value),i=!0,T(r,ue.copied)}catch{s.control.select(),T(r,ue.selected)}}me({title:ue.made,content:[
n("p",{class:"name",dir:"auto"},ye(e)),n("p",{class:"notice warn"},ue.warning),s.element,r],actions:[n("button",{type:"b\
utton",class:"primary",on:{click:()=>{c()}}},ue.copy)],closeLabel:ue.done,mayClose(){let d=i;return i=!0,T(r,!d&&ue.notCopied),
d},closed:()=>{s.control.value="",T(s.control),o()}})}function Cn({client:e,key:t,own:o,left:r},i){let s=Ue(),c=U(n("sel\
ect",{name:"overlap_seconds"},ce.overlaps.map(([u,p])=>n("option",{value:u,selected:u===86400},p))),{label:ce.overlap,hint:ce.
overlapHint}),d=Lt("expires_at",ce.expires,ce.expiresHint),g=new Map([["overlap_seconds",c],["expires_at",d]]),y=n("div"),
E=n("button",{type:"submit",class:"primary"},ce.submit);async function x(){if(E.disabled)return;if(T(y),!d.isWhole()){d.
control.focus();return}let u={overlap_seconds:Number(c.control.value),...d.control.value===""?{}:{expires_at:Rt(d.control.
value)}};E.disabled=!0,T(E,ce.working);try{let p=await e.rotateKey(t.key_id,u,s.keyFor(u));f.close(),i(p)}catch(p){let k=Y(
p);if(!R.isConnected){Mt(k);return}let{first:v,rest:_}=ie(g,k.fieldErrors);(v===void 0||_.length>0)&&T(y,oe(k)),v?.focus()}finally{
E.disabled=!1,T(E,ce.submit)}}let R=n("form",{class:"stack",id:se("rotate"),novalidate:!0,on:{submit:u=>{u.preventDefault(),
x()}}},c.element,d.element,y);E.setAttribute("form",R.id);let f=me({title:ce.title(ye(t)),content:[n("p",{},ce.text),o&&
n("p",{class:"notice warn"},ce.own),R],closeLabel:a.cancel,actions:[E]});r.addEventListener("abort",()=>f.close(),{once:!0})}
function In({client:e,key:t,own:o,left:r},i){let s=n("div"),c=n("button",{type:"button",class:"danger",on:{click:()=>{d()}}},
xe.submit);async function d(){if(!c.disabled){T(s),c.disabled=!0,T(c,xe.working);try{let y=await e.revokeKey(t.key_id);g.
close(),i(y.key)}catch(y){T(s,oe(Y(y)))}finally{c.disabled=!1,T(c,xe.submit)}}}let g=me({title:xe.title(ye(t)),content:[
n("p",{},xe.text),o&&n("p",{class:"notice warn"},xe.own),s],closeLabel:a.cancel,actions:[c]});r.addEventListener("abort",
()=>g.close(),{once:!0})}function Ge(e,t){if(e.revoked_at!==void 0)return"revoked";let o=e.expires_at===void 0?Number.POSITIVE_INFINITY:Date.parse(
e.expires_at);return o<=t?"ended":e.replaced_by!==void 0?"rotated":o-t<=12096e5?"expires_soon":"active"}function Fn(e,t){
return e.replaced_by===void 0&&Ge(e,t)!=="revoked"}function Hn(e,t){let o=Ge(e,t);return o!=="revoked"&&o!=="ended"}var sr=400*
24*60*60*1e3;function On(e,t){return t-Date.parse(e.created_at)<sr}var Kn={behind:[],cursor:null},$n=6,Dn=500,dr=10,cr="800px";function lr(e){return[...e.querySelectorAll("h2, h3, p")].map(
({textContent:o})=>o).map(o=>o.replace(/[^.]$/,"$&.")).join(" ")}function he(e){let t=[],o=[],r,i,s=n("div",{class:"page\
s"}),c=n("div",{class:"pager-edge"}),d=n("div",{class:"pager-edge"}),g=n("div",{class:"pager",tabindex:"-1"},c,s,d),y=new IntersectionObserver(
l=>{for(let h of l)h.isIntersecting&&i===void 0&&(h.target===d&&d.dataset.state==="more"?N():h.target===c&&c.dataset.state===
"more"&&b())},{rootMargin:`${cr} 0px`});function E(l){y.unobserve(l),y.observe(l)}function x(l,h,...S){let L=l.contains(
document.activeElement);l.dataset.state=h,T(l,...S),l.hidden=S.length===0,L&&l.querySelector("button, a[href], [tabindex\
]")?.focus({preventScroll:!0})}function R(l,h){return n("button",{type:"button",class:"quiet",on:{click:h}},l)}function f(){
if(o.length>0){let l=R(a.pager.newest,()=>m(Kn,()=>{window.scrollTo({top:0,behavior:"instant"}),H(s)}));x(c,"more",R(a.pager.
newer,()=>{b(!0)}),l),E(c)}else x(c,"none");t.length===0?x(d,"empty",e.empty()):r!==void 0?(x(d,"more",R(a.pager.older,()=>{
N(!0)})),E(d)):e.end!==void 0?x(d,"end",n("p",{class:"fine"},e.end)):x(d,"end")}function u(l,h,S){let L=Y(h);e.failed?.(
L)!==!0?x(l,"failed",_e(L,S)):x(l,"failed")}async function p(l,h,S){i?.abort();let L=new AbortController;i=L,g.setAttribute(
"aria-busy","true"),x(l,"loading",ke({tabindex:"-1"}));try{return await S(L.signal),!0}catch(A){return!ne(A)&&i===L&&(i=
void 0,u(l,A,h)),!1}finally{i===L&&(i=void 0),i===void 0&&g.removeAttribute("aria-busy")}}async function k(l,h){let S=l;
for(let L=0;;L+=1){let A=await e.load(S,h);if(h.throwIfAborted(),A.rows.length>0||A.next===void 0||L>=dr)return{...A,cursor:S};
S=A.next}}function v(){return t.at(-1)?.rows.at(-1)}function _(l,h){let S=l?.getBoundingClientRect().top??0;h(),l?.isConnected&&
window.scrollBy({top:l.getBoundingClientRect().top-S,behavior:"instant"})}function M(){let{activeElement:l}=document;return s.
contains(l)?l.dataset.row??"":void 0}function C(l){let S=[...s.querySelectorAll("[data-row]")].find(({dataset:L})=>L.row===
l);S===void 0?H(s):S.focus({preventScroll:!0})}function H(l){(l.querySelector("a[href], button")??g).focus({preventScroll:!0})}
async function N(l=!1){let h=r;h!==void 0&&await p(d,()=>{N(l)},async S=>{let L=await k(h,S);if(r=L.next,L.rows.length>0){
let A={...L,element:e.render(L.rows,v())};_(t.at(-1)?.element.lastElementChild,()=>{for(s.appendChild(A.element),t.push(
A);t.length>$n;){let q=t.shift();q?.element.remove(),o.push(q?.cursor)}o=o.slice(-Dn)}),l&&H(A.element),e.announce(a.pager.
shown(L.rows.length,r!==void 0))}L.rows.length===0&&r!==void 0?Z():f()})}function Z(){x(d,"asks",n("p",{},a.pager.searching),
R(a.pager.keepLooking,()=>{N(!0)}))}async function b(l=!1){let h=t[0];o.length===0||h===void 0||await p(c,()=>{b(l)},async S=>{
let L=o.at(-1),A=await e.load(L,S);S.throwIfAborted(),o.pop();let q={...A,cursor:L,element:e.render(A.rows,void 0)};A.next!==
h.cursor?(o=L===void 0?[]:o,t=[q],s.replaceChildren(q.element),r=A.next,q.element.lastElementChild?.scrollIntoView({block:"\
nearest"}),e.began?.(q.rows,L===void 0)):_(h.element,()=>{for(s.prepend(q.element),t.unshift(q);t.length>$n;){let G=t.pop();
G?.element.remove(),r=G?.cursor}}),l&&H(q.element),f()})}function P(){m(Kn)}function m(l,h){p(d,()=>m(l,h),async L=>{t.length>
0&&x(d,"loading"),x(c,"none");let A=await k(l.cursor??void 0,L);t=[],o=l.behind.map(G=>G??void 0),r=A.next;let q=M();if(s.
replaceChildren(),A.rows.length>0){let G={...A,element:e.render(A.rows,void 0)};t.push(G),s.appendChild(G.element)}q!==void 0&&
C(q),A.rows.length===0&&r!==void 0?Z():(f(),e.announce(A.rows.length===0?lr(d):a.pager.shown(A.rows.length,r!==void 0))),
e.began?.(A.rows,l.cursor===null)}).then(L=>{L?h?.():d.dataset.state==="failed"&&t.length>0&&(t=[],s.replaceChildren())})}
return{element:g,restart:P,resume:m,placeOf(l){let h=t.findIndex(A=>A.rows.includes(l)),S=t[h];return S===void 0?void 0:
{behind:[...o,...t.slice(0,h).map(({cursor:A})=>A)].slice(-Dn).map(A=>A??null),cursor:S.cursor??null}},stop(){i?.abort(),
y.disconnect()},rows:()=>t.flatMap(l=>l.rows)}}function Se(e,t){let o=window.history.state;if(o?.place===void 0){e.restart();
return}e.resume(o.place,()=>{let i=[...e.element.querySelectorAll(`[data-${t}]`)].find(({dataset:c})=>c[t]===o.row);(t===
"row"?i:i?.querySelector("[data-row]"))?.focus(),i?.scrollIntoView({block:"center"})})}var ur=20,pr=20,Nn=5,{keys:W}=a;function Un(e){let t=r=>r.map((i,s)=>[s>0&&", ",i]),o=e.slice(Nn);return n("div",{},t(e.
slice(0,Nn)),o.length>0&&n("details",{},n("summary",{},W.more(o.length)),t(o)))}function qn(e){let{client:t,me:o}=e,r=new AbortController,
i=[];function s(b){let P=Date.now(),m=Ge(b,P),l=ye(b),h=b.name===void 0?l:`${l}, ${b.key_id}`,S=b.key_id===o.credential_id,
L=n("h3",{class:"key-name",dir:"auto",tabindex:"-1"},l);return n("li",{class:"row key","data-key":b.key_id,"data-state":m},
n("div",{class:"row-kind"},n("span",{class:`badge state-${m}`},W.states[m])),n("div",{class:"row-text"},L,S&&n("p",{class:"\
fine"},W.own),n("p",{},te(b)),d(b),n("div",{class:"row-meta"},E(b))),n("div",{class:"key-actions"},Fn(b,P)&&c(W.rotate,W.
rotateLabel(h),()=>u(b)),Hn(b,P)&&c(W.revoke,W.revokeLabel(h),()=>p(b))))}function c(b,P,m){return n("button",{type:"but\
ton","aria-label":P,on:{click:m}},b)}function d(b){let{property:P}=W,m=h=>Un(h.map(S=>n("code",{dir:"auto"},S))),l=[[P.scopes,
b.scopes.length===0?P.noScopes:m(b.scopes)],[P.id,n("code",{},b.key_id)],[P.made,ae(b.created_at)],[P.ends,b.expires_at===
void 0?P.never:ae(b.expires_at)],[P.used,g(b)]];return b.revoked_at!==void 0&&l.push([P.revoked,ae(b.revoked_at)]),b.replaced_by!==
void 0&&l.push([P.replacedBy,n("code",{},b.replaced_by)]),l.push([P.ranges,b.address_ranges===void 0?P.anywhere:m(b.address_ranges)]),
l.push([P.users,y(b)]),n("dl",{class:"key-facts"},l.map(([h,S])=>n("div",{},n("dt",{},h),n("dd",{},S))))}function g(b){let{
property:P}=W;return b.last_used_at!==void 0?[P.usedHour," ",ae(b.last_used_at)]:On(b,Date.now())?P.unused:P.unusedLately}
function y({actor:b,users:P}){let{property:m}=W;return b.type==="user"?m.itself:P===void 0?m.anybody:P.length===0?m.nobody:
Un(P.map(l=>ee(l)))}function E({key_id:b}){let P=(m,l)=>n("a",{href:K(["trail"],new URLSearchParams(m))},l);return z(e,"\
audit:read")&&[P({resource_type:"key",resource_id:b},W.changes),P({credential_id:b},W.calls)]}function x(b){i=i.map(l=>l.
key_id===b.key_id?b:l);let P=R(b.key_id);if(P===null)return;let m=s(b);return P.replaceWith(m),m}function R(b){return Z.
querySelector(`[data-key="${CSS.escape(b)}"]`)}function f(b){b?.querySelector(".key-name")?.focus()}function u(b){let P=b.
key_id===o.credential_id;Cn({client:t,key:b,own:P,left:r.signal},m=>{_(m),t.getKey(b.key_id,r.signal).then(l=>{x(l.key)},
()=>{})})}function p(b){let P=b.key_id===o.credential_id;In({client:t,key:b,own:P,left:r.signal},m=>{f(x(m)),e.announce(
W.revoking.done(ye(m)))})}let k=n("ul",{class:"rows"}),v=n("section",{"aria-label":W.madeNow,hidden:!0},n("h2",{class:"d\
ay"},W.madeNow),k);function _(b){let{key:P}=b;R(P.key_id)?.remove(),i=[P,...i.filter(m=>m.key_id!==P.key_id)].slice(0,pr),
k.replaceChildren(...i.map(s)),v.hidden=!1,Pn(b,()=>{f(R(P.key_id)),e.announce(W.secret.closed(ye(P)))})}let M=n("button",
{type:"button",class:"primary",on:{click:()=>H(!0)}},W.make),C=Mn({client:t,me:o,made:b=>{H(!1),_(b)},cancelled:()=>H(!1)});
function H(b){C.element.hidden=!b,M.hidden=b,b?C.begin():M.focus()}let N=he({async load(b,P){let m=new URLSearchParams({
limit:String(ur)});b!==void 0&&m.set("cursor",b);let l=await t.listKeys(m,P);return{rows:l.keys,next:l.next_cursor}},render:b=>{
let P=new Set(i.map(({key_id:l})=>l)),m=b.filter(({key_id:l})=>!P.has(l));return n("ul",{class:"page rows"},m.map(s))},empty:()=>n(
"div",{class:"empty"},n("h3",{},W.empty),n("p",{},W.emptyText)),end:a.pager.end,announce:e.announce});C.element.hidden=!0;
let Z=n("div",{class:"timeline"},n("div",{class:"page-head"},n("div",{},X(W.title),n("p",{class:"lead"},W.lead)),M),C.element,
v,n("section",{"aria-label":W.results},n("h2",{class:"day"},W.results),N.element));return N.restart(),{title:W.title,element:Z,
stop(){r.abort(),N.stop()}}}var jn=new Intl.NumberFormat("en");function Ye(e){let{trail:t}=a,o=e.data?.count;if(e.action==="key.refusals_counted"&&typeof o==
"number")return t.refusedTimes(jn.format(o),o===1);if(!Object.hasOwn(t.actions,e.action))return e.action;let[r,i]=t.actions[e.
action];return e.status==="succeeded"?r:i}function ze(e){let{trail:t}=a;return e.tool_name!==void 0?`${t.tool} ${e.tool_name}`:
e.command!==void 0?`${t.command} ${e.command}`:e.api_route&&(Xe(t.doors,e.api_route)??e.api_route)}function Je(e){if(e.error_code===
void 0)return;let{trail:t}=a,o=`${t.errors[e.error_code]??t.statuses.rejected} (${e.error_code}).`,r=(e.fields??[]).map(
i=>i==="$"?t.wholeInput:i);return r.length===0?o:`${o} ${t.fields} ${r.join(", ")}`}var mr=/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;
function Wn(e){return Object.entries(e??{}).map(([t,o])=>{let r=typeof o=="number"?jn.format(o):typeof o=="string"?o:JSON.
stringify(o);return{label:Xe(a.trail.data,t)??t.replaceAll("_"," "),value:r,isTime:mr.test(r)}})}function Xe(e,t){return Object.
hasOwn(e,t)?e[t]:void 0}function Vn(e){let t=e.indexOf(":");return t>0&&t<e.length-1?[e.slice(0,t),e.slice(t+1)]:void 0}
function Pt(e){let t=o=>[`${e}_${o}`,r=>r[e]?.[o]];return[t("type"),t("id"),t("display_name")]}var Bn=[["occurred_at",e=>e.
occurred_at],["status",e=>e.status],["action",e=>e.action],["resource_type",e=>e.resource_type],["resource_id",e=>e.resource_id],
...Pt("actor"),...Pt("authenticated_as"),...Pt("on_behalf_of"),["credential_id",e=>e.credential_id],["source",e=>e.source],
["api_route",e=>e.api_route],["tool_name",e=>e.tool_name],["command",e=>e.command],["client_address",e=>e.client_address],
["user_agent",e=>e.user_agent],["error_code",e=>e.error_code],["fields",e=>e.fields?.join(" ")],["data",e=>e.data&&JSON.
stringify(e.data)],["input_hash",e=>e.input_hash],["request_id",e=>e.request_id],["tenant_id",e=>e.tenant_id],["id",e=>e.
id]],Gn=Bn.map(([e])=>e);function Yn(e){return Bn.map(([,t])=>t(e)??"")}function pe(e){return n("code",{},JSON.stringify(e)??"")}function fr(e){return typeof e=="string"||typeof e=="number"?n(
"span",{dir:"auto",class:"prose"},String(e)):pe(e)}function Zn(e){return typeof e=="object"&&e!==null}function zn(e){return Zn(
e)&&typeof e.name=="string"?ee(e.name):pe(e)}function yr(e){if(!Zn(e)||typeof e.amount!="number")return pe(e);let{amount:t,
currency:o,symbol:r}=e;try{return new Intl.NumberFormat("en",{style:"currency",currency:String(o)}).format(t)}catch{return`${r??
o??""} ${t}`.trim()}}function Jn(e,t){return Array.isArray(e)?e.length===0?a.record_page.nothing:n("ul",{class:"values"},
e.map(o=>n("li",{},t(o)))):pe(e)}function Xn(e){return typeof e=="string"?n("code",{},e):pe(e)}function Qn({field_type:e,
value:t}){switch(e){case"text":case"longtext":case"email":case"wysiwyg":case"integer":case"rating":case"decimal":case"ph\
onenumber":case"timezone":return fr(t);case"money":return yr(t);case"date":return typeof t=="string"?ln(t):pe(t);case"da\
tetime":return typeof t=="string"?Te(t):pe(t);case"dropdown":case"radio":case"choices":case"status":case"selector":return zn(
t);case"checkboxes":case"dynamictags":return Jn(t,zn);case"checkbox":return typeof t=="boolean"?t?a.record_page.yes:a.record_page.
no:pe(t);case"yesnomaybe":return t==="yes"||t==="no"||t==="maybe"?a.record_page[t]:pe(t);case"relationship":case"team_se\
lector":return Xn(t);case"files":return Jn(t,Xn);default:return pe(t)}}function Ze(e){return e.related_objects!==void 0?e.related_objects.map(({type:t,id:o,display_name:r})=>({type:t,id:o,name:r})):
e.related_resource_type===void 0||e.related_resource_id===void 0?[]:[{type:e.related_resource_type,id:e.related_resource_id,
name:e.related_resource_display_name}]}function eo(e){return Object.hasOwn(a.record,e)}function hr(e){if(eo(e))return a.
record[e];let t=e.replaceAll("_"," ");return t.charAt(0).toUpperCase()+t.slice(1)}function Qe(e,t){let o=hr(e.type),r=e.
name??e.id,i=[Q(...Qt),n("span",{class:"record-type"},`${o} `),n("span",{dir:"auto",class:"name"},r)];if(!eo(e.type))return n(
"span",{class:"record",title:e.id},i);let s=new URLSearchParams(t);return s.set("related_resource_type",e.type),s.set("r\
elated_resource_id",e.id),n("a",{class:"record",href:K([],s),title:a.timeline.record(o,e.id)},i)}var V=a.record_page,gr=20;function ge(e,t){return t==null||t===!1?null:n("div",{class:"entry"},n("dt",{},e),n("dd",{},t))}
function Ee(e,...t){return n("section",{class:"panel stack"},n("h2",{},e),t)}function It(e,t){return ge(e,t?[Te(t),n("sp\
an",{class:"fine utc"},Fe(t))]:null)}function Ct(e,t){return ge(e,t&&[ee(Ce(t),"name"),n("code",{class:"fine"},` ${t.type}\
:${t.id}`)])}function wr({fields:e,mentions:t,...o}){let r=o.completed_at!==void 0||o.scheduled_activity_id!==void 0;return[
e.length>0&&Ee(V.fields,n("dl",{class:"entries"},e.map(i=>ge(i.display_name||i.name,Qn(i))))),t.length>0&&Ee(V.mentions,
n("ul",{class:"values"},t.map(i=>n("li",{},n("code",{},i))))),r&&Ee(V.completion,n("dl",{class:"entries"},It(V.completedAt,
o.completed_at),ge(V.scheduled,o.scheduled_activity_id&&n("code",{},o.scheduled_activity_id))))]}function br({type:e,submission:t}){
let o=a.category[e],r=t?.activity_object.name??o;return[Q(...Pe[e]),r!==o&&[ee(r)," · "],o]}function vr(e){let t=Je(e);
return n("li",{class:"trail-event"},n("div",{class:"trail-event-head"},n("span",{},te(e),` ${Ye(e)}`),n("span",{class:`b\
adge status-${e.status}`},a.trail.statuses[e.status]),n("span",{class:"row-time"},ae(e.occurred_at))),t!==void 0&&n("p",
{},t),n("div",{class:"row-meta fine"},n("span",{},ze(e)),e.client_address!==void 0&&n("span",{},e.client_address),n("cod\
e",{},e.request_id)))}function to(e,t){let o=t.path[1]??"",r=new URLSearchParams({resource_id:o}),i=new AbortController,
s=X(V.title),c=n("p",{class:"kind"}),d=n("div",{class:"stack"}),g=z(e,"audit:read")?E():void 0,y=n("article",{class:"rec\
ord-page"},c,s,d);function E(){return he({async load(f,u){let p=new URLSearchParams(r);p.set("limit",String(gr)),f!==void 0&&
p.set("cursor",f);let k=await e.client.listAuditEvents(p,u);return{rows:k.audit_events,next:k.next_cursor}},render:f=>n(
"ol",{class:"events"},f.map(vr)),empty:()=>n("p",{class:"fine"},V.trailEmpty),announce:()=>{}})}function x(f){let u=Ze(f);
T(c,br(f)),T(s,ee(f.summary)),document.title=`${f.summary} – ${a.product}`,T(d,n("p",{class:"row-meta"},te(f,{path:[]}),
ae(f.occurred_at)),f.body!==void 0&&f.body!==""&&n("div",{class:"panel prose",dir:"auto",role:"region","aria-label":V.body},
f.body),u.length>0&&Ee(V.records,n("ul",{class:"values"},u.map(p=>n("li",{},Qe(p,new URLSearchParams),p.name!==void 0&&n(
"code",{class:"fine"},` ${p.id}`))))),f.submission!==void 0&&wr(f.submission),Ee(V.details,n("dl",{class:"entries"},It(V.
occurredAt,f.occurred_at),It(V.loggedAt,f.logged_at),Ct(V.actor,f.actor),Ct(V.authenticatedAs,f.authenticated_as),Ct(V.onBehalfOf,
f.on_behalf_of),ge(V.lastAgent,f.last_agent_actor_id!==void 0&&n("code",{},f.last_agent_actor_id)),ge(V.source,a.source[f.
source]),ge(V.id,n("code",{},f.id)),ge(V.tenant,n("code",{},f.tenant_id)))),g!==void 0&&Ee(V.trail,g.element,n("p",{},n(
"a",{href:K(["trail"],r)},V.openTrail)))),g?.restart()}async function R(){T(d,ke({role:"status"}));try{x((await e.client.
getActivity(o,i.signal)).activity)}catch(f){if(ne(f))return;let u=Y(f);T(d,u.failure==="not_found"?n("p",{class:"notice",
role:"alert"},V.notFoundText):_e(u,()=>{R()}),n("p",{},n("a",{href:"#/"},a.notFound.back)))}}return R(),{title:V.title,element:y,
stop(){i.abort(),g?.stop()}}}function et(e,t,o){let r=n("div",{class:"page"}),i=t===void 0?void 0:de(new Date(t.occurred_at)),s;for(let c of e){let d=de(
new Date(c.occurred_at));if(s===void 0||d!==i){let g=n("h2",{class:"day"},kt(c.occurred_at,a.days));g.dataset.at=c.occurred_at,
g.classList.toggle("continues",s===void 0&&d===i),s=n("ol",{class:"rows"}),r.append(g,s),i=d}s.append(o(c))}return r}var kr=6e4;
function tt(e){let t=de(new Date),o=setInterval(()=>{let r=de(new Date);if(r!==t){t=r;for(let i of e.querySelectorAll("[\
data-at]"))T(i,kt(i.dataset.at??"",a.days))}},kr);return()=>clearInterval(o)}var _r="1970-01-01",Tr="9999-12-31",xr=600;function Ft(e,t){let o=new Date(e);if(Number.isNaN(o.getTime()))return;let r=t===
"to"?1:0,i=new Date(o);i.setDate(i.getDate()-r);let s=de(i);return We(s,r)===o.toISOString()?s:void 0}function Sr(e){switch(e.
kind){case"choice":return U(be(e.name,a.filters.any,e.options),e);case"text":return U(n("input",{name:e.name,type:"text",
autocomplete:"off",spellcheck:"false"}),e);default:return U(n("input",{name:e.name,type:"date",min:_r,max:Tr}),e)}}function ot(e){
return e instanceof HTMLInputElement&&e.type==="date"}function nt(e){return ot(e)&&!e.validity.valid}function rt(e){let t=new URLSearchParams,
o,r=new Map;for(let u of e.fields)r.set(u.name,Sr(u));function i(){let u=new URLSearchParams(t);for(let p of e.fields){let k=r.
get(p.name)?.control.value.trim()??"";if(u.delete(p.name),p.kind==="choice"||p.kind==="text")u.set(p.name,k);else{let v=t.
get(p.name)??"",M=k===""&&v!==""&&Ft(v,p.kind)===void 0||nt(r.get(p.name)?.control);u.set(p.name,M?v:We(k,p.kind==="to"?
1:0)??"")}}for(let p of e.fields)p.needs!==void 0&&(u.get(p.needs)??"")===""&&u.delete(p.name);for(let[p,k]of[...u])k===
""&&u.delete(p);return u}function s(){let u=[];for(let{name:p,label:k,needs:v}of e.fields){let _=r.get(p)?.control;nt(_)&&
document.activeElement!==_&&u.push({field:p,message:a.filters.wholeDay});let M=v===void 0?void 0:r.get(v);v!==void 0&&_?.
value.trim()&&M?.control.value.trim()===""&&u.push({field:v,message:a.filters.goesWith(k)})}return u}function c(){if(clearTimeout(
o),o=void 0,!d.isConnected)return;let u=s();ie(r,u),u.length>0&&e.announce(u.map(({message:p})=>p).join(" ")),e.changed(
i())}let d=n("form",{class:"filters",novalidate:!0,on:{submit:u=>{u.preventDefault(),c()},focusout:({target:u})=>{ot(u)&&
nt(u)&&r.get(u.name)?.setError(a.filters.wholeDay)},change:({target:u})=>{ot(u)?(clearTimeout(o),o=setTimeout(c,xr)):c()}}},
[...r.values()].map(u=>u.element)),g=n("ul",{class:"chips","aria-label":a.filters.set});function y(u,p){switch(u.kind){case"\
choice":return u.options.find(k=>k.value===p)?.label??p;case"text":return u.say?.(p)??p;default:{let k=Ft(p,u.kind);return k===
void 0?ve(p):dn(We(k)??p)}}}function E(u,p,k){return n("li",{},n("button",{type:"button",class:"chip","aria-label":a.filters.
remove(u,p),on:{click:()=>{let v=new URLSearchParams(t);for(let _ of k)v.delete(_);e.changed(v),(g.querySelector("button")??
x())?.focus()}}},n("span",{class:"chip-label"},`${u}:`),n("span",{dir:"auto",class:"chip-value"},p),Q(...Xt)))}function x(){
return d.closest("details:not([open])")?.querySelector("summary")??d.querySelector("select, input")}function R(){let u=new URLSearchParams(
t);for(let{name:p}of[...e.fields,...e.others??[]])u.delete(p);e.changed(u),x()?.focus()}function f(){let u=[];for(let p of e.
others??[]){let k=t.get(p.name);k&&u.push(E(p.label,k,[p.name]))}for(let p of e.fields){let k=t.get(p.name);if(k){let v=e.
fields.filter(M=>M.needs===p.name),_=[p.name,...v.map(M=>M.name)];u.push(E(p.label,y(p,k),_))}}u.length>1&&u.push(n("li",
{},n("button",{type:"button",class:"chip clear",on:{click:R}},a.filters.clear))),T(g,u),g.hidden=u.length===0}return{form:d,
chips:g,show(u){let p=t;t=new URLSearchParams(u);for(let k of e.fields){let v=r.get(k.name)?.control;if(v===void 0)continue;
let _=t.get(k.name)??"",M=k.kind==="choice"||k.kind==="text"?_:Ft(_,k.kind)??"",C=k.needs!==void 0&&!t.has(k.needs)&&!p.
has(k.name),H=nt(v)||ot(v)&&o!==void 0,N=document.activeElement===v&&(k.kind==="text"||H);!C&&!N&&v.value!==M&&(v.value=
M)}f()},showViolations(u){let p=new Set(u.map(({field:v})=>v)),k=s().filter(({field:v})=>!p.has(v));return ie(r,[...u,...k]).
rest}}}var Ht=2e4,Er=12e4,Ar=6e5;function no(e){let t=Ht,o,r,i=!1,s=()=>!i&&!document.hidden&&navigator.onLine;function c(){clearTimeout(
o),s()&&(o=setTimeout(()=>{d()},t))}async function d(){if(!s()||r!==void 0)return;let E=new AbortController;r=E;try{t=await e(
E.signal)?Ht:Math.min(t*1.5,Er)}catch(x){if(ne(x))return;let R=Y(x);if(["unauthorized","forbidden","invalid","malformed",
"not_found"].includes(R.failure)){y();return}t=Math.min(t*2,Ar),t=Math.max(t,R.retryAfterMs??0)}finally{r===E&&(r=void 0)}
c()}function g(){s()?(t=Math.max(1e3,Math.min(t,Ht)),c()):(clearTimeout(o),r?.abort(),r=void 0)}function y(){i=!0,clearTimeout(
o),r?.abort(),document.removeEventListener("visibilitychange",g),window.removeEventListener("online",g),window.removeEventListener(
"offline",g)}return document.addEventListener("visibilitychange",g),window.addEventListener("online",g),window.addEventListener(
"offline",g),c(),{stop:y}}var Ot=e=>e?.trim()==="";function Rr(e,t,o){let r=e.slice(t,o).findIndex(Ot);return r<0?t:t+r+1}function oo(e){let{snippet:t="",
match:o=[],summary:r}=e,i=[...t],s=t.startsWith(r)?[...r].length:0,c=i.length;for(;s<c&&Ot(i[s]);)s+=1;for(;s<c&&Ot(i[c-
1]);)c-=1;let d=o.filter(R=>R.end>s&&R.start<c),g=d[0]?.start??s,y=g-s>60;y&&(s=Rr(i,g-60,g));let E=y?[{text:"… ",marked:!1}]:
[],x=(R,f)=>{R>s&&(E.push({text:i.slice(s,R).join(""),marked:f}),s=R)};for(let R of d)x(Math.min(R.start,c),!1),x(Math.min(
R.end,c),!0);return x(c,!1),E}var ro=/["“”„‟«»＂]/gu,so=/(?!\u200b)[\p{Default_Ignorable_Code_Point}\u0640]/gu,io=String.raw`(?:(?![\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\u02b9-\u02bf\p{No}])[\p{L}\p{N}\p{M}])+`,
Lr=String.raw`['\u2018\u2019\u02b9-\u02bf._@+-]`,Mr=new RegExp(`(?:${io}${Lr})*${io}$`,"u"),Pr=/[\s\u0085\u200b]/u,Cr=/[가-힣]/u,
Ir=/^[([{]*(?:-.*|.*\*.*|AND|OR|NOT)$/su;function co(e){let t=e.replace(so,""),o=t.split(Pr).at(-1)??"",r=(t.match(ro)?.
length??0)%2===1;return Fr(o)>=3&&[...e].length<500&&!r&&o.search(ro)<0&&!Ir.test(o.normalize("NFKC"))?`${e}*`:e}function Fr(e){
return[...ao(ao(e).normalize("NFKC").replace(so,"")).replace(/[^\p{L}\p{N}]|[\u02b9-\u02bf]/gu,"")].reduce((o,r)=>o+(Cr.
test(r)?2:1),0)}function ao(e){return Mr.exec(e)?.[0]??""}var lo=50,Hr=10,Kt=250,Or=1e3,uo=Object.keys(a.category),it=e=>Object.entries(e).map(([t,o])=>({value:t,label:o})),{user:Kr,
service:$r,agent:Dr}=a.actor,at=[{kind:"choice",name:"related_resource_type",label:a.timeline.recordType,options:it(a.record),
needs:"related_resource_id"},{kind:"text",name:"related_resource_id",label:a.timeline.recordId,hint:a.timeline.recordHint,
needs:"related_resource_type"},{kind:"choice",name:"actor_type",label:a.timeline.actorType,options:it({user:Kr,service:$r,
agent:Dr}),needs:"actor_id"},{kind:"text",name:"actor_id",label:a.timeline.actor,hint:a.timeline.actorHint},{kind:"choic\
e",name:"source",label:a.timeline.source,options:it(a.source)},{kind:"from",name:"occurred_after",label:a.timeline.from},
{kind:"to",name:"occurred_before",label:a.timeline.to}],$t=[{kind:"choice",name:"type",label:a.timeline.types,options:it(
a.category)},...at];function fo(e,t){if(typeof t!="string")return t.map(r=>fo(e,r)).join(", ");let o=$t.find(r=>r.name===
e);switch(o?.kind){case"choice":return o.options.find(r=>r.value===t)?.label??t;case"from":case"to":return ve(t);default:
return t}}var Nr=["query","type",...at.map(({name:e})=>e)];function po(e){let t=new URLSearchParams;for(let o of Nr){let r=$t.
find(d=>d.name===o),i=r?.kind==="choice"?r.options.map(d=>d.value):[],s=d=>r?.kind!=="choice"||i.includes(d),c=o==="type"?
e.getAll(o):[e.get(o)??""];for(let d of new Set(c))d!==""&&s(d)&&t.append(o,d)}return t}function mo(e,t,o){let r=new URLSearchParams(
e);return r.set("limit",String(t)),o!==void 0&&r.set("cursor",o),r}function yo(e,t){let o=po(t.parameters),r=o,i,s,c,d,g,
y=!1,{types:E=[],...x}=e.me.filters??{},R=Object.entries(x);E.length>0&&R.unshift(["type",E]);let f=new Set(R.map(([w])=>w)),
u=x.type,p=U(n("input",{type:"search",name:"query",placeholder:a.timeline.placeholder,autocomplete:"off",autocapitalize:"\
none",spellcheck:"false",dir:"auto",maxlength:500,on:{input:w=>{k(),y=!0,w.isComposing||(c=setTimeout(C,Kt))},compositionend:()=>{
c=setTimeout(C,Kt)},focus:()=>clearTimeout(g),blur:({relatedTarget:w})=>{w instanceof Node&&A.element.contains(w)||(g=setTimeout(
M,Kt))}}}),{label:a.timeline.search,class:"search"});function k(){clearTimeout(d),clearTimeout(c),clearTimeout(g),c=void 0}
function v(){return c!==void 0&&p.control.value.trim()!==(o.get("query")??"")}function _(){let w=new URLSearchParams(o);
return y&&o.has("query")&&w.set("query",co(p.control.value.trimStart()).trimEnd()),w}function M(){y=!1,C()}function C(){
k();let w=new URLSearchParams(o),F=p.control.value.trim();if(w.delete("query"),F!==""&&w.set("query",F),w.get("query")===
o.get("query")){let j=_();j.get("query")!==r.get("query")&&(r=j,A.restart());return}let $=o.has("query")!==w.has("query");
e.go(K([],w),$?"push":"replace")}let H=rt({fields:at.filter(({name:w})=>!f.has(w)),changed:w=>e.go(K([],w)),announce:e.announce}),
N=n("span",{class:"badge"}),Z=n("details",{class:"more"},n("summary",{},a.filters.title," ",N),H.form),b=n("div",{class:"\
types",role:"group","aria-label":a.timeline.types});function P(w){let F=w===void 0?a.timeline.allTypes:a.category[w];return n(
"button",{type:"button",class:"type","data-type":w??"",on:{click:()=>{let $=new URLSearchParams(o),j=$.getAll("type");$.
delete("type");for(let le of uo)w!==void 0&&j.includes(le)!==(le===w)&&$.append("type",le);e.go(K([],$))}}},w!==void 0&&
Q(...Pe[w]),F)}let m=E.length>0?E:uo,l=u===void 0?m:[u];T(b,P(void 0),l.map(P)),b.hidden=l.length===1;function h(){p.control.
value.trim()!==(o.get("query")??"")&&(p.control.value=o.get("query")??""),H.show(o),T(Vt,z(e,"activity:write")&&Wt());let w=at.
filter(({name:$})=>o.has($)).length;T(N,w),N.hidden=w===0;let F=o.has("type")?o.getAll("type"):[""];for(let $ of b.querySelectorAll(
"[data-type]")){let j=F.includes($.dataset.type??"");$.setAttribute("aria-pressed",String(j))}}let S=n("p",{class:"empty"},
a.timeline.invalid);S.hidden=!0;let L=[],A=he({async load(w,F){let $=await e.client.searchActivities(mo(r,lo,w),F);return S.
hidden=!0,p.setError(void 0),H.showViolations([]),L=$.suggested_queries??[],{rows:$.activities,next:$.next_cursor}},render:(w,F)=>et(
w,F,G),empty:Me,end:a.pager.end,announce:e.announce,began(w,F){i={ids:new Set(w.map(({id:$})=>$)),whole:w.length<lo},mt(
0,!1),s?.stop(),F&&(window.history.replaceState(null,""),Ho())},failed:q});function q(w){if(w.failure!=="invalid")return!1;
if(w.fieldErrors.some(({field:re})=>re==="cursor"))return window.history.replaceState(null,""),A.restart(),!0;let F=w.fieldErrors.
filter(({field:re})=>re==="query"),$=H.showViolations(w.fieldErrors.filter(({field:re})=>re!=="query"));if(F.length<w.fieldErrors.
length&&(Z.open=!0),$.length>0)return!1;let j=()=>{let re=F.map(we=>we.message).join("; ");p.setError(re===""?void 0:re),
S.hidden=!1,e.announce(w.fieldErrors.map(we=>we.message).join("; "))},le=F.length>0&&document.activeElement===p.control;
return d=setTimeout(j,le?Or:0),!0}function G(w){let F=Ze(w),$=oo(w);return n("li",{class:"row","data-type":w.type},n("di\
v",{class:"row-kind"},Q(...Pe[w.type]),n("span",{},a.category[w.type])),n("div",{class:"row-text"},n("a",{class:"row-tit\
le",dir:"auto",href:K(["activities",w.id]),"data-row":w.id,on:{click:j=>{$e(j)||ut(w)}}},w.summary),$.length>0&&n("p",{class:"\
snippet",dir:"auto"},$.map(({text:j,marked:le})=>le?n("mark",{},j):j)),n("div",{class:"row-meta"},te(w,{path:[],parameters:o}),
F.map(j=>Qe(j,o)),!e.viewer&&n("span",{class:"source"},a.source[w.source]))),n("div",{class:"row-time"},je(w.occurred_at)))}
function Le(w){let F=w.map($=>{let j=new URLSearchParams(o);return j.set("query",$),n("li",{},n("a",{href:K([],j),dir:"a\
uto"},$))});return[n("p",{},a.timeline.suggested),n("ul",{class:"suggestions","aria-label":a.timeline.suggestions},F)]}function Me(){
if(o.size>0)return n("div",{class:"empty"},n("h2",{},a.timeline.nothing),L.length===0?n("p",{},a.timeline.nothingText):Le(
L),n("button",{type:"button",on:{click:()=>e.go("#/")}},a.filters.clear));let w=z(e,"activity:write");return n("div",{class:"\
empty"},n("h2",{},a.timeline.empty),n("p",{},e.viewer?a.timeline.emptyViewer:a.timeline.emptyText),!e.viewer&&!w&&n("p",
{},a.timeline.emptyReader),w&&Wt())}function ut(w){let F=A.placeOf(w);window.history.replaceState({place:F,row:w.id},"",
K([],r))}let pt=n("div",{class:"fresh"});function mt(w,F){pt.hidden=w===0,T(pt,w>0&&n("button",{type:"button",class:"pri\
mary",on:{click:()=>{A.restart(),window.scrollTo({top:0}),Bt.focus({preventScroll:!0})}}},a.timeline.showFresh(w,F)))}function Ho(){
let w=o.get("occurred_before");if(w!==null&&Date.parse(w)<Date.now())return;let F=0;s=no(async $=>{let j=i,le=await e.client.
searchActivities(mo(r,Hr),$);if(j===void 0||j!==i)return!1;let re=le.activities,we=re.findLastIndex(({id:ft})=>j.ids.has(
ft)),$o=j.whole||we<0?re.length:we,Ke=re.slice(0,$o).filter(({id:ft})=>!j.ids.has(ft)).length,Gt=we<0&&le.next_cursor!==
void 0;return Ke!==F?(F=Ke,mt(Ke,Gt),e.announce(a.timeline.fresh(Ke,Gt)),!0):!1})}function Wt(){let w=new URLSearchParams;
for(let F of["related_resource_type","related_resource_id"])w.set(F,o.get(F)??"");return Sn(K(["log"],w),a.nav.log)}let Vt=n(
"div"),Bt=X(a.timeline.title),Oo=n("div",{class:"timeline"},n("div",{class:"page-head"},Bt,Vt),R.length>0&&n("div",{class:"\
notice limits"},n("p",{},a.timeline.limited),n("dl",{},R.map(([w,F])=>n("div",{},n("dt",{},$t.find($=>$.name===w)?.label??
w),n("dd",{},ee(fo(w,F))))))),n("form",{role:"search",class:"find",on:{submit:w=>{w.preventDefault(),y=!1,p.control.value.
trim()===(o.get("query")??"")?(k(),r=_(),A.restart()):C()}}},p.element,b),Z,H.chips,pt,n("section",{"aria-label":a.timeline.
results},S,A.element)),Ko=tt(A.element);return h(),mt(0,!1),Se(A,"row"),{title:a.timeline.title,element:Oo,update(w){let F=o.
get("query");if(o=po(w.parameters),v()&&o.get("query")===F){C();return}k(),y&&=document.activeElement===p.control,r=_(),
s?.stop(),h(),Se(A,"row")},stop(){k(),s?.stop(),A.stop(),Ko()}}}function Dt(e,t,o){let r=URL.createObjectURL(new Blob([o],{type:`${t};charset=utf-8`})),i=document.createElement("a");i.
href=r,i.download=e,i.hidden=!0,document.body.appendChild(i),i.click(),i.remove(),setTimeout(()=>URL.revokeObjectURL(r),
0)}var Ur=/^(?:[\t\r]|\s*[=+\-@＝＋－＠])/;function qr(e){return`"${(Ur.test(e)?`'${e}`:e).replaceAll('"','""')}"`}function ho(e,t){
return`\uFEFF${[e,...t].map(r=>r.map(qr).join(",")).join(`\r
`)}\r
`}function go(e){return e.map(t=>`${JSON.stringify(t)}
`).join("")}var{trail:Ae}=a,wo=5e3,jr=100,Wr=200;async function Vr(e,t,o){let r=[],i;for(let s=0;s<Wr&&r.length<wo;s+=1){t.throwIfAborted();
let c=Math.min(jr,wo-r.length),d=await e(i,c,t);if(r.push(...d.audit_events),i=d.next_cursor,i===void 0)return{events:r,
areMore:!1};o(r.length)}return{events:r,areMore:!0}}function bo(e){let t,o=c(Ae.csv,()=>{R("csv")}),r=c(Ae.jsonLines,()=>{
R("jsonl")}),i=c(a.cancel,()=>t?.abort()),s=n("div",{class:"downloaded"});function c(f,u){return n("button",{type:"butto\
n",class:"quiet",on:{click:u}},f)}function d(f){o.hidden=!f,r.hidden=!f}function g(f){t=f,o.disabled=f!==void 0,r.disabled=
f!==void 0,i.hidden=f===void 0}function y(f){T(s,n("p",{},f)),e.announce(f)}function E(f,{events:u,areMore:p}){let k=new Date().
toISOString().replace(/[:.]/g,"-"),v=`audit-trail-${e.workspace}-${k}.${f}`;f==="csv"?Dt(v,"text/csv",ho(Gn,u.map(Yn))):
Dt(v,"application/x-ndjson",go(u));let _=u.length.toLocaleString("en");y(p?Ae.downloadedFirst(v,_):Ae.downloaded(v,_,u.length===
1))}function x(f,u){ne(u)?y(Ae.downloadStopped):T(s,oe(Y(u),()=>{R(f)}))}async function R(f){let u=new AbortController;g(
u),i.focus();try{let p=await Vr(e.load,u.signal,k=>T(s,n("p",{},Ae.downloading(k.toLocaleString("en")))));E(f,p)}catch(p){
t===u&&x(f,p)}finally{if(t===u){let p=document.activeElement===i;g(void 0),p&&(f==="csv"?o:r).focus()}}}return d(!1),g(void 0),
{tools:[o,r,i],told:s,show:d,forget(){t?.abort(),g(void 0),T(s)}}}var{trail:B}=a,Br=["action","resource_type","resource_id","status","error_code","fields","source","api_route","tool_name",
"command","credential_id","client_address","user_agent","request_id","input_hash","tenant_id","id"];function vo(e,t){let o=Je(
e),r=Wn(e.data);return n("li",{class:"row trail-event","data-event":e.id,"data-status":e.status},n("div",{class:"row-kin\
d"},Gr(e,t)),n("div",{class:"row-text"},n("p",{class:"trail-title"},te(e,{path:["trail"],parameters:t.parameters})," ",Re(
t,{action:e.action},B.action,Ye(e))),Yr(e,t),o!==void 0&&n("p",{class:"refusal"},o),r.length>0&&n("p",{class:"facts fine"},
r.map(Jr)),n("div",{class:"row-meta fine"},Xr(e,t)),Zr(e,t)),n("div",{class:"row-time"},je(e.occurred_at)))}function Re({
parameters:e},t,o,r){if(Object.entries(t).every(([c,d])=>e.get(c)===d))return r;let i=new URLSearchParams(e);for(let[c,d]of Object.
entries(t))i.set(c,d);let s=B.only(o,Object.values(t).join(" "));return n("a",{href:K(["trail"],i),title:s},r)}function Gr({
status:e},t){let o=n("span",{class:`badge status-${e}`},Q(...on[e])," ",B.statuses[e]);return Re(t,{status:e},B.status,o)}
function Yr(e,t){let{resource_type:o,resource_id:r}=e;if(r===void 0)return null;let i=[`${B.resources[o]} `,n("code",{dir:"\
auto"},r)],s=zr(e,r,t);return n("p",{class:"about"},Re(t,{resource_type:o,resource_id:r},B.resource,i),s!==void 0&&[" · ",
n("a",{class:"way-on",href:s[0]},s[1])])}function zr(e,t,{mayRead:o}){let r=i=>K(["trail"],new URLSearchParams(i));switch(e.
resource_type){case"activity":return o&&e.status==="succeeded"?[K(["activities",t]),B.openActivity]:void 0;case"resource":{
let[i,s]=Vn(t)??["",""];if(!o||!Object.hasOwn(a.record,i))return;let c={related_resource_type:i,related_resource_id:s};return[
K([],new URLSearchParams(c)),B.openRecord]}case"actor":return[r({actor_id:t}),B.openActor];case"key":return[r({credential_id:t}),
B.openKey];default:return}}function Jr({label:e,value:t,isTime:o}){return n("span",{},`${e}: `,o?ae(t):ee(t))}function Xr(e,t){
let{source:o,credential_id:r,client_address:i,user_agent:s}=e,c=Xe(B.credentials,r),d=c??n("code",{},r);return[n("span",
{},Re(t,{source:o},B.source,B.sources[o])," ",ze(e)),n("span",{},c===void 0&&`${B.key} `,Re(t,{credential_id:r},B.credential,
d)),i!==void 0&&n("span",{},`${B.client} `,n("code",{},i)),s!==void 0&&n("span",{class:"program",dir:"auto",title:s},s)]}
function Zr(e,t){let o=n("details",{class:"all",on:{toggle:()=>{o.open&&o.children.length===1&&o.append(Qr(e,t))}}},n("s\
ummary",{"data-row":e.id},B.more));return o}function Qr(e,t){let o=[[B.property.occurred_at,Te(e.occurred_at)],[B.property.
occurred_at_utc,n("code",{},Fe(e.occurred_at))]];for(let r of["actor","authenticated_as","on_behalf_of"]){let i=e[r];if(i!==
void 0){let s=n("code",{dir:"auto"},`${i.type}:${i.id}`),c=i.display_name!==void 0&&[ee(i.display_name)," "];o.push([B.property[r],
[c,s]])}}for(let r of Br){let i=e[r];if(i!==void 0){let s=typeof i=="string"?i:i.join(", "),c=n("code",{dir:"auto"},s),d=()=>Re(
t,{request_id:s},B.request,c);o.push([B.property[r],r==="request_id"?d():c])}}return n("dl",{class:"properties"},o.map(([
r,i])=>[n("dt",{},r),n("dd",{},i)]))}var ei=50,{trail:D}=a,ti=e=>e.charAt(0).toUpperCase()+e.slice(1),st=e=>Object.entries(e).map(([t,o])=>({value:t,label:o})),
_o=[{kind:"choice",name:"status",label:D.status,options:st(D.statuses)},{kind:"choice",name:"action",label:D.action,options:Object.
entries(D.actions).map(([e,[t]])=>({value:e,label:ti(t)}))},{kind:"choice",name:"resource_type",label:D.resourceType,options:st(
D.resources)},{kind:"text",name:"resource_id",label:D.resource,hint:D.resourceHint},{kind:"text",name:"actor_id",label:D.
actor,hint:D.actorHint},{kind:"choice",name:"actor_type",label:D.actorType,options:st({user:a.actor.user,service:a.actor.
service,agent:a.actor.agent})},{kind:"text",name:"credential_id",label:D.credential,hint:D.credentialHint},{kind:"text",
name:"request_id",label:D.request,hint:D.requestHint},{kind:"choice",name:"source",label:D.source,options:st(D.sources)},
{kind:"from",name:"occurred_after",label:D.from},{kind:"to",name:"occurred_before",label:D.to}];function ko(e){let t=new URLSearchParams;
for(let{name:o}of _o){let r=e.get(o);r&&t.set(o,r)}return t}function To(e,t){let o=ko(t.parameters),r=!1,i=rt({fields:_o,
changed:v=>e.go(K(["trail"],v)),announce:e.announce});i.chips.tabIndex=-1;let s=n("span",{class:"badge"}),c=n("details",
{class:"more"},n("summary",{},a.filters.title," ",s),i.form);function d(){i.show(o),T(s,o.size),s.hidden=o.size===0}let g=z(
e,"activity:read"),y=n("p",{class:"empty"},D.invalid);y.hidden=!0;function E(v,_,M){let C=new URLSearchParams(o);return C.
set("limit",String(v)),_!==void 0&&C.set("cursor",_),e.client.listAuditEvents(C,M)}let x=he({async load(v,_){let M=await E(
ei,v,_);return y.hidden=!0,i.showViolations([]),{rows:M.audit_events,next:M.next_cursor}},render:(v,_)=>et(v,_,M=>vo(M,{
parameters:o,mayRead:g})),empty:f,end:a.pager.end,announce:e.announce,began(v){u.show(v.length>0),r&&(r=!1,i.chips.focus())},
failed:R});x.element.addEventListener("click",v=>{let{target:_}=v;if($e(v))return;let M=_ instanceof Element?_.closest("\
a[href]"):null,C=M?.closest("[data-event]")?.dataset.event,H=x.rows().find(N=>N.id===C);M===null||H===void 0||(window.history.
replaceState({place:x.placeOf(H),row:C},""),r=M.getAttribute("href")?.startsWith("#/trail?")===!0)});function R(v){return u.
show(!1),r=!1,v.failure!=="invalid"?!1:v.fieldErrors.some(({field:_})=>_==="cursor")?(window.history.replaceState(null,""),
x.restart(),!0):i.showViolations(v.fieldErrors).length>0?!1:(c.open=!0,y.hidden=!1,e.announce(v.fieldErrors.map(({message:_})=>_).
join("; ")),!0)}function f(){let v=o.size>0;return n("div",{class:"empty"},n("h2",{},v?D.nothing:D.empty),n("p",{},v?D.nothingText:
D.emptyText),v&&n("button",{type:"button",on:{click:()=>e.go(K(["trail"]))}},a.filters.clear))}let u=bo({load:(v,_,M)=>E(
_,v,M),workspace:e.me.tenant_id,announce:e.announce}),p=n("div",{class:"timeline"},n("div",{class:"page-head"},n("div",{},
X(D.title),n("p",{class:"lead"},D.lead))),c,i.chips,n("div",{class:"tools"},n("button",{type:"button",class:"quiet",on:{
click:()=>x.restart()}},D.reload),u.tools),u.told,n("section",{"aria-label":D.results},y,x.element)),k=tt(x.element);return d(),
Se(x,"event"),{title:D.title,element:p,update(v){o=ko(v.parameters),u.forget(),d(),Se(x,"event")},stop(){u.forget(),k(),
x.stop()}}}var Oe=[{path:[],scope:"activity:read",nav:a.nav.timeline,open:yo},{path:["activities",":id"],scope:"activity:read",open:to},
{path:["log"],scope:"activity:write",action:a.nav.log,open:yn},{path:["trail"],scope:"audit:read",nav:a.nav.trail,open:To},
{path:["keys"],scope:"keys:manage",nav:a.nav.keys,open:qn}];var xo=0;function So(e){let t=Date.parse(e??"");Number.isNaN(t)||(xo=t-Date.now())}function Eo(){return Date.now()+xo}var ni=2e4,oi=3,ri=400,ii=5e3,ai={400:"malformed",401:"unauthorized",403:"forbidden",404:"not_found",409:"conflict",413:"\
too_large",422:"invalid",429:"rate_limited",500:"unavailable",502:"unavailable",503:"unavailable",504:"unavailable"};function si(e){
let t=Number(e.headers.get("retry-after")??Number.NaN);return Number.isFinite(t)&&t>=0?t*1e3:void 0}async function Ao(e){
try{return await e.json()}catch(t){if(ne(t))throw t;return}}async function di(e){let o=(await Ao(e))?.error,r={status:e.
status,requestId:e.headers.get("x-request-id")??o?.request_id,requiredScope:o?.required_scope,fieldErrors:o?.field_errors,
retryAfterMs:si(e)},i=ai[e.status]??"unexpected";return new J(i,o?.message??e.statusText,r)}async function ci(e,t){let o=new AbortController,
r=setTimeout(()=>o.abort(),ni),i=()=>o.abort();t.signal?.addEventListener("abort",i);try{t.signal?.throwIfAborted();let s=t.
parameters?.toString()??"",c=await fetch(s===""?t.path:`${t.path}?${s}`,{method:t.method,headers:{Authorization:`Bearer ${e.
token}`,...e.user===void 0?{}:{"X-USER-ID":li(e.user)},...t.body===void 0?{}:{"Content-Type":"application/json"},...t.headers},
body:t.body===void 0?null:JSON.stringify(t.body),cache:"no-store",credentials:"omit",redirect:"error",referrerPolicy:"no\
-referrer",signal:o.signal});if(So(c.headers.get("date")),!c.ok)throw await di(c);let d=await Ao(c);if(typeof d!="object"||
d===null)throw new J("unexpected","The answer is not JSON.",{status:c.status});return d}catch(s){throw s instanceof J?s:
t.signal?.aborted?new DOMException("nobody waits for the answer","AbortError"):ne(s)?new J("timeout","There was no answe\
r in time."):new J("offline","The API could not be reached.")}finally{clearTimeout(r),t.signal?.removeEventListener("abo\
rt",i)}}function li(e){return String.fromCharCode(...new TextEncoder().encode(e))}function ui(e,t){return new Promise((o,r)=>{
let i=()=>{clearTimeout(s),r(new DOMException("nobody waits for the answer","AbortError"))},s=setTimeout(()=>{t?.removeEventListener(
"abort",i),o()},e);t?.addEventListener("abort",i,{once:!0})})}function pi(e,t,o){if(!(e instanceof J)||!o.repeatable||t>=
oi||!["offline","timeout","rate_limited","unavailable"].includes(e.failure)||e.failure==="offline"&&!navigator.onLine)return;
let i=e.retryAfterMs??0;if(i>ii)return;let s=ri*2**(t-1)*(1+Math.random()/2);return Math.max(i,s)}async function Ro(e,t){
for(let o=1;;o+=1)try{return await ci(e,t)}catch(r){let i=pi(r,o,t);if(i===void 0)throw r;await ui(i,t.signal)}}function Lo(e,t){async function o(c){try{return await Ro(e,c)}catch(d){throw d instanceof J&&d.failure==="unauthorized"&&
t(),d}}let r=(c,d,g)=>o({method:"GET",path:c,parameters:d,signal:g,repeatable:!0}),i=(c,d,g,y)=>o({method:"POST",path:c,
body:d,headers:{"Idempotency-Key":g},signal:y,repeatable:!0}),s=new URLSearchParams;return{me:c=>r("v1/me",s,c),searchActivities:(c,d)=>r(
"v1/activities",c,d),getActivity:(c,d)=>r(`v1/activities/${encodeURIComponent(c)}`,s,d),logActivity:(c,d)=>o({method:"PO\
ST",path:"v1/activities",body:c,signal:d,repeatable:!0}),listAuditEvents:(c,d)=>r("v1/audit-events",c,d),listKeys:(c,d)=>r(
"v1/keys",c,d),getKey:(c,d)=>r(`v1/keys/${encodeURIComponent(c)}`,s,d),createKey:(c,d,g)=>i("v1/keys",c,d,g),rotateKey:(c,d,g,y)=>i(
`v1/keys/${encodeURIComponent(c)}/rotate`,d,g,y),revokeKey:(c,d)=>o({method:"DELETE",path:`v1/keys/${encodeURIComponent(
c)}`,signal:d,repeatable:!0})}}var Ut="activity-log.credential",qt="activity-log.viewer";function ct(e){return e.startsWith("alv_")}function Mo(e){try{
return window.sessionStorage.getItem(e)}catch{return null}}function dt(e,t){try{t===void 0?window.sessionStorage.removeItem(
e):window.sessionStorage.setItem(e,t)}catch{}}function Po(){try{let{token:e,user:t}=JSON.parse(Mo(Ut)??"{}");return typeof e!=
"string"?void 0:typeof t=="string"?{token:e,user:t}:{token:e}}catch{return}}function Co(){return Mo(qt)!==null}function lt(){
dt(qt,void 0)}function jt(){let e=new URLSearchParams(window.location.hash.slice(1)),t=e.get("viewer_token");if(t===null)
return;dt(qt,"1");let o=(e.get("to")??"").replace(/^#/,"");return window.history.replaceState(null,"",`#${o.startsWith("\
/")?o:"/"}`),ct(t)?{token:t}:"none"}var mi=1e4;function Nt({expires_at:e}){return e===void 0?Number.POSITIVE_INFINITY:Date.
parse(e)-Eo()}function Io(e){let t,o="none",r;function i(d){clearTimeout(r),t=void 0,o=d,dt(Ut,void 0),e()}function s(d){
clearTimeout(r);let g=Nt(d.me);if(!Number.isFinite(g))return;let y=Math.min(Math.max(g,0),mi);r=setTimeout(()=>{Nt(d.me)<=
0?i("expired"):s(d)},y)}let c={current:()=>t,ending:()=>o,async signIn(d,g){let y=Lo(d,()=>{t?.client===y&&i(Nt(t.me)<=0?
"expired":"refused")}),E=await y.me();return t={client:y,me:E,credential:d,viewer:ct(d.token)},o="none",s(t),dt(Ut,g&&!t.
viewer?JSON.stringify(d):void 0),t},async resume(d,g){try{await c.signIn(d,g)}catch(y){if(!(y instanceof J)||y.failure!==
"unauthorized")throw y;t===void 0&&i("refused")}},signOut(){window.history.replaceState(null,"","#/"),i("signed_out")}};
return c}function fi({path:e}){return Oe.find(t=>t.path.length===e.length&&t.path.every((o,r)=>o.startsWith(":")||o===e[r]))}function yi(e){
return e===void 0||z(e,"activity:read")?void 0:Oe.find(({scope:t})=>z(e,t))}function hi(e){let t=Io(()=>R()),o=xn(e,Oe,()=>{
Be(),t.signOut()}),r,i,s,c=!1,d=0,g=!1;function y(_){let M=t.current();if(M===void 0)return En({ending:t.ending(),viewer:c,
useKey:f,signIn:u});let C=fi(_);if(C===void 0)return hn();if(!z(M,C.scope)){let N=Oe.filter(Z=>z(M,Z.scope));return gn(C.
scope,M,N)}let H={client:M.client,me:M.me,viewer:M.viewer,announce:o.announce,go:(N,Z)=>r?.go(N,Z)};return C.open(H,_)}function E(_){
let M=jt();if(M==="none"){k(),E(De(window.location.hash));return}if(M!==void 0){p(M,!1);return}if(g)return;let C=_.path.
length===0?yi(t.current()):void 0;if(C!==void 0){window.history.replaceState(null,"",K(C.path)),E(De(window.location.hash));
return}if(s!==void 0&&s.join("/")===_.path.join("/")&&i?.update!==void 0){i.update(_);return}s=_.path,i?.stop?.(),i=void 0,
x(y(_),_.path)}function x(_,M){i?.stop?.(),i=_,o.showPage(i,M,d>0),d+=1}function R(){s=void 0,o.showAccount(t.current()),
r!==void 0&&E(r.current())}function f(){c=!1,lt(),R()}async function u(_,M){let C=await t.signIn(_,M);c=C.viewer,lt(),R(),
o.announce(a.signIn.signedIn(Ce(C.me.actor)))}async function p(_,M){c=ct(_.token),s=void 0,g=!0,x(wn(),[]);try{await t.resume(
_,M)}catch(C){x(bn(Y(C),()=>{p(_,M)}),[]);return}g=!1,k(),R()}function k(){let _=t.current();_!==void 0&&!_.viewer&&(c=!1,
lt())}async function v(){let _=jt(),M=_==="none"?void 0:_,C=M??Po();c=Co(),o.showAccount(void 0),Tn(),C!==void 0&&await p(
C,M===void 0),r=rn(E)}v()}var Fo=document.getElementById("app");Fo!==null&&hi(Fo);
