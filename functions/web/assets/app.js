function Ke(e){return e.ctrlKey||e.metaKey||e.shiftKey}function ut(e,...t){for(let o of t)o==null||o===!1||(Array.isArray(
o)?ut(e,...o):o instanceof Node?e.appendChild(o):e.appendChild(document.createTextNode(String(o))))}function T(e,...t){e.
replaceChildren(),ut(e,...t)}function vo(e,t,o){if(o==null||o===!1){o===!1&&t.startsWith("aria-")&&e.setAttribute(t,"fal\
se");return}if(t.startsWith("on")||t==="style")throw new TypeError(`the attribute ${t} is code`);e.setAttribute(t,o===!0&&
!t.startsWith("aria-")?"":String(o))}function n(e,t={},...o){let r=document.createElement(e);for(let[i,s]of Object.entries(
t))if(i==="on")for(let[d,c]of Object.entries(s))r.addEventListener(d,c);else vo(r,i,s);return ut(r,...o),r}var Dt="http:\
//www.w3.org/2000/svg";function X(...e){let t=document.createElementNS(Dt,"svg");t.setAttribute("viewBox","0 0 24 24"),t.
setAttribute("class","icon"),t.setAttribute("aria-hidden","true"),t.setAttribute("focusable","false");for(let o of e){let r=document.
createElementNS(Dt,"path");r.setAttribute("d",o),t.appendChild(r)}return t}function Q(e,t){return n("span",{dir:"auto",class:t},
e)}var Nt=0;function se(e){return Nt+=1,`${e}-${Nt}`}var Ut=["M5 6h.01","M5 12h.01","M5 18h.01","M10 6h10","M10 12h6","M10 18h9"],qt=["M7 7l10 10","M17 7L7 17"],jt=["M12 5v1\
4","M5 12h14"],Wt=["M9 15L15 9","M10 6l1-1a4 4 0 0 1 6 6l-2 2","M14 18l-1 1a4 4 0 0 1-6-6l2-2"],Vt=["M12 12a4 4 0 1 0 0-\
8 4 4 0 0 0 0 8","M4 21c0-4 3.5-6 8-6s8 2 8 6"],Gt=["M4 7h10","M18 7h2","M16 5v4","M4 17h2","M10 17h10","M8 15v4"],Bt=["\
M12 3v6","M12 15v6","M3 12h6","M15 12h6"],Le={note:["M6 3h9l4 4v14H6z","M9 11h7","M9 15h7"],call:["M5 4h4l2 5-2.5 1.5a11\
 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A15 15 0 0 1 4 5a1 1 0 0 1 1-1"],email:["M3 6h18v12H3z","M3 7l9 6 9-6"],meeting:[
"M4 6h16v14H4z","M4 10h16","M8 3v4","M16 3v4"],agent_action:["M5 9h14v10H5z","M12 5v4","M9 13v2","M15 13v2","M2 13v3","M\
22 13v3"]},Yt={succeeded:["M5 13l4 4L19 7"],denied:["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18","M6 6l12 12"],rejected:["M12 \
4l9 16H3z","M12 10v4","M12 17v.5"]};function ko(e){try{return decodeURIComponent(e)}catch{return e}}function $e(e){let t=e.replace(/^#/,""),o=t.indexOf("?");
return{path:(o<0?t:t.slice(0,o)).split("/").filter(Boolean).map(ko),parameters:new URLSearchParams(o<0?"":t.slice(o+1))}}
function $(e,t){let o=new URLSearchParams;for(let[i,s]of t??[])s!==""&&o.append(i,s);let r=o.toString();return`#/${e.map(
encodeURIComponent).join("/")}${r===""?"":`?${r}`}`}function zt(e){let t=()=>$e(window.location.hash);return window.addEventListener(
"hashchange",()=>e(t())),e(t()),{current:t,go(o,r="push"){o!==(window.location.hash||"#/")&&(r==="replace"?window.history.
replaceState(null,"",o):window.history.pushState(null,"",o),e(t()))}}}var De=(e,t,o)=>e===1?t:o,a={product:"Activity log",close:"Close",cancel:"Cancel",skipToContent:"Skip to the content",navigation:"\
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
any",ends_at:"Ends",expires_at:"Ends",first_at:"First",hour:"In the hour from",last_at:"Last",postings:"Entries made",refused:"\
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
or more":""} new since then`,showFresh:(e,t)=>`Show ${e}${t?" or more":""} new ${De(e,"activity","activities")}`,invalid:"\
Correct what is marked, and the list comes back.",nothing:"Nothing matches",nothingText:"Try fewer words or other filter\
s. Every word has to be in the activity.",empty:"Nothing has been logged yet",emptyViewer:"What is logged is here from t\
hen on.",emptyText:"What people, programs and agents log is here a moment later.",emptyReader:"Programs log with POST /v\
1/activities. The key needs the scope activity:write."},record_page:{title:"Activity",body:"Text",records:"Related recor\
ds",fields:"Fields",mentions:"Mentions",completion:"Completion",completedAt:"Completed",scheduled:"Scheduled activity",details:"\
Details",id:"Id",tenant:"Workspace",type:"Type",occurredAt:"Happened",loggedAt:"Logged",source:"Source",actor:"Who",authenticatedAs:"\
Through the key of",onBehalfOf:"On behalf of",lastAgent:"Agent",trail:"Audit trail",openTrail:"Open it in the audit trai\
l",trailEmpty:"The trail has no event about it.",notFoundText:"There is no activity with this id, or it is not yours to \
see.",yes:"Yes",no:"No",maybe:"Maybe",nothing:"None"},log:{title:"Log an activity",as:"It is logged as done by",type:"Ty\
pe",choose:"Choose",summary:"Summary",summaryHint:"What happened, in a line. Up to 500 characters.",body:"Text (optional\
)",bodyHint:"All that is to be found later. Up to 65,536 characters.",recordType:"Kind of record (optional)",recordId:"I\
d of the record",recordHint:"Such as con_123. The record has to be known.",none:"None",occurredAt:"When (optional)",occurredAtHint:e=>`\
In the time of ${e}. Left out, it is now.`,advanced:"For retries",key:"Idempotency key",keyHint:"The same key makes one \
activity, however often it is sent.",submit:"Log it",working:"Logging…",done:"Logged.",doneUnread:"It is logged. Your \
key may not read activities, so this is all to be seen of it:",used:(e,t)=>`${e.toLocaleString("en")} of ${t.toLocaleString(
"en")} characters`,summaryTitle:e=>`${e} ${De(e,"thing","things")} to correct`,rules:{type:"choose what kind of thing ha\
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
ng",shown:(e,t)=>`${e} ${De(e,"row","rows")} shown${t?", and there is more":""}`},problem:{retry:"Try again",request:e=>`\
Request ${e}`,titles:{offline:"No connection",timeout:"No answer",unexpected:"An unexpected answer",malformed:"The reque\
st could not be read",unauthorized:"The key is not accepted",forbidden:"Not allowed",not_found:"Not found",conflict:"Alr\
eady used",too_large:"Too large",invalid:"Please look at what is marked",rate_limited:"Too many requests",unavailable:"N\
ot available just now"},advice:{offline:"The server can't be reached. Look at your connection, and try again.",timeout:"\
The server took too long. Try again in a moment.",unexpected:"Something between you and the API may have answered in its\
 place.",malformed:"Reload the page, and try again.",unauthorized:"Sign in with another key.",forbidden:"This key may no\
t do this, or not from here.",not_found:"It does not exist, or it is not yours to see.",conflict:"The same key was used \
for another input.",too_large:"Make it shorter.",invalid:"",rate_limited:"The server asks for a pause.",unavailable:"Try\
 again in a moment. If it stays, tell whoever runs the service."},scope:e=>`The key lacks the scope ${e}.`,after:e=>`Try\
 again in ${e} ${De(e,"second","seconds")}.`},shortcuts:{title:"Keyboard",lead:"Everything can be reached with Tab and E\
nter. These are shorter:",enabled:"Use these single keys",keys:[["/","Search"],["j","The next row"],["k","The row before"],
["?","This help"]],hint:"They rest while you type. Switch them off if they get in the way of your screen reader or of sp\
eech input."}};var _o={user:Vt,service:Gt,agent:Bt};function Me(e){return e.display_name??e.id}function mt(e){return`${e.type}:${e.id}`}
function pt(e,t){let o=Me(e),r=[X(..._o[e.type]),n("span",{class:e.type==="user"?"visually-hidden":"actor-type"},`${a.actor[e.
type]} `),n("span",{dir:"auto",class:"name"},o)],i=`${a.actor[e.type]} ${e.id}`;if(t===void 0)return n("span",{class:"ac\
tor",title:i},r);let s=new URLSearchParams(t.parameters);return s.set("actor_id",mt(e)),s.delete("actor_type"),n("a",{class:"\
actor",href:$(t.path,s),title:a.actor.filter(o)},r)}function ee(e,t){return n("span",{class:"deed"},pt(e.actor,t),e.on_behalf_of!==
void 0&&[n("span",{class:"joint"},` ${a.actor.onBehalfOf} `),pt(e.on_behalf_of,void 0)],e.authenticated_as!==void 0&&[n(
"span",{class:"joint"},` ${a.actor.through} `),pt(e.authenticated_as,void 0)])}var z=class extends Error{constructor(o,r,i={}){super(r);this.failure=o;this.status=i.status,this.requestId=i.requestId,
this.requiredScope=i.requiredScope,this.fieldErrors=i.fieldErrors??[],this.retryAfterMs=i.retryAfterMs}failure;name="Api\
Error";status;requestId;requiredScope;fieldErrors;retryAfterMs};function te(e){return e instanceof DOMException&&e.name===
"AbortError"}function B(e){return e instanceof z?e:new z("unexpected",e instanceof Error?e.message:String(e))}function Y(e,t){return e.viewer?t==="activity:read":e.me.scopes.includes(t)}function J(e){return n("h1",{tabindex:"-1"},
e)}function ft(){return[...crypto.getRandomValues(new Uint8Array(16))].map(t=>t.toString(16).padStart(2,"0")).join("")}function Ne(){
let e;return{keyFor(t){let o=JSON.stringify(t);return e?.json!==o&&(e={json:o,key:`pages-${ft()}`}),e.key},accepted(){e=
void 0}}}function N(e,t){e.id||=se("field");let o=t.hint===void 0?void 0:n("p",{class:"hint"},t.hint),r=n("p",{class:"violation",
id:`${e.id}-violation`});return r.hidden=!0,o!==void 0&&(o.id=`${e.id}-hint`,e.setAttribute("aria-describedby",o.id)),{element:n(
"div",{class:["field",t.class].filter(Boolean).join(" ")},n("label",{for:e.id},t.label),e,o,r),control:e,setError(i){r.hidden=
i===void 0,T(r,i);let s=[o?.id,i===void 0?void 0:r.id].filter(Boolean);s.length>0?e.setAttribute("aria-describedby",s.join(
" ")):e.removeAttribute("aria-describedby"),i===void 0?e.removeAttribute("aria-invalid"):e.setAttribute("aria-invalid","\
true")}}}function we(e,t,o){return n("select",{name:e},n("option",{value:""},t),o.map(r=>n("option",{value:r.value},r.label)))}
function re(e,t){let o=new Map,r=[];for(let{field:s,message:d}of t)e.has(s)?o.set(s,[...o.get(s)??[],d]):r.push(s==="$"?
d:`${s}: ${d}`);let i;for(let[s,d]of e){let c=o.get(s);d.setError(c?.join("; ")),c!==void 0&&(i??=d.control)}return{first:i,
rest:r}}var To=8e3;function ve(e){let t=n("p",{class:"loading",...e},a.pager.loading);return Jt(t),t}function Ue(){let e=n("p",{
class:"hint",role:"status"});return Jt(e),e}function Jt(e){let t=new WeakRef(e);setTimeout(()=>{let o=t.deref();o?.isConnected&&
T(o,a.pager.slow)},To)}function yt(e){if(e.requiredScope!==void 0)return a.problem.scope(e.requiredScope);if(e.retryAfterMs!==void 0&&e.retryAfterMs>
0)return a.problem.after(Math.ceil(e.retryAfterMs/1e3));if(e.failure==="invalid"||e.failure==="malformed"){let t=e.fieldErrors.
map(({field:o,message:r})=>`${o}: ${r}`);return t.length>0?t.join("; "):e.message}return a.problem.advice[e.failure]}function ne(e,t){
return n("div",{class:"problem",role:"alert","data-failure":e.failure},n("p",{class:"problem-title"},a.problem.titles[e.
failure]),n("p",{},yt(e)),e.requestId!==void 0&&n("p",{class:"fine"},a.problem.request(e.requestId)),t!==void 0&&n("butt\
on",{type:"button",on:{click:t}},a.problem.retry))}function ke(e,t){let o=ne(e,t);if(e.failure==="offline"){let r=()=>o.
isConnected&&t();window.addEventListener("online",r,{once:!0})}return o}var me=navigator.languages.find(e=>/^en\b/i.test(e))??"en-GB",xo=new Intl.DateTimeFormat(me,{hour:"2-digit",minute:"2-di\
git"}),Ao=new Intl.DateTimeFormat(me,{dateStyle:"medium"}),Xt=new Intl.DateTimeFormat(me,{dateStyle:"medium",timeStyle:"\
short"}),Eo=new Intl.DateTimeFormat(me,{dateStyle:"full",timeStyle:"long"}),So=new Intl.DateTimeFormat(me,{weekday:"long",
day:"numeric",month:"long"}),Ro=new Intl.DateTimeFormat(me,{dateStyle:"full"});function Pe(e,t){let o=new Date(t);return Number.
isNaN(o.getTime())?t:e.format(o)}function Ce(e){return e.replace("T"," ").replace(/Z$/," UTC")}function ht(e,t){return n(
"time",{datetime:t,title:Ce(t)},Pe(e,t))}var qe=e=>ht(xo,e),ie=e=>ht(Xt,e),_e=e=>ht(Eo,e),be=e=>Pe(Xt,e),Zt=e=>Pe(Ao,e);
function de(e){let t=(o,r)=>String(o).padStart(r,"0");return`${t(e.getFullYear(),4)}-${t(e.getMonth()+1,2)}-${t(e.getDate(),
2)}`}function gt(e,t){let o=new Date(e),r=new Date,i=new Date(r);return i.setDate(r.getDate()-1),de(o)===de(r)?t.today:de(
o)===de(i)?t.yesterday:Pe(o.getFullYear()===r.getFullYear()?So:Ro,e)}function je(e,t=0){let o=/^(\d{4})-(\d{2})-(\d{2})$/.
exec(e);if(o===null)return;let r=new Date(2e3,0,1);return r.setFullYear(Number(o[1]),Number(o[2])-1,Number(o[3])+t),Number.
isNaN(r.getTime())?void 0:r.toISOString()}function Qt(e){let t=new Date(e),o=/T(\d{2}):(\d{2})/.exec(e);return o!==null&&
!Number.isNaN(t.getTime())&&(t.getHours()!==Number(o[1])||t.getMinutes()!==Number(o[2]))}var Lo=new Intl.DateTimeFormat(
me,{dateStyle:"long",timeZone:"UTC"});function en(e){return n("time",{datetime:e},Pe(Lo,e))}var tn=new Intl.DateTimeFormat(
me).resolvedOptions().timeZone;var C=a.log,nn=500,on=65536,Mo=255,Po=1440*60*1e3,We;function Ve(){We=void 0}function Co({me:e}){let t=[e.actor,e.authenticated_as,
e.on_behalf_of],o=JSON.stringify([e.tenant_id,t.map(r=>r&&mt(r))]);return We?.owner!==o&&(We={owner:o,draft:new Map}),We.
draft}var rn=e=>Object.entries(e).map(([t,o])=>({value:t,label:o})),Ie=["related_resource_type","related_resource_id"];function wt(e){
let t=0;for(let o of e)t+=1;return t}function Io(){let e=(t,o={})=>n("input",{type:"text",name:t,autocomplete:"off",...o});
return new Map([["type",N(we("type",C.choose,rn(a.category)),{label:C.type})],["summary",N(e("summary",{dir:"auto"}),{label:C.
summary,hint:C.summaryHint,class:"wide"})],["body",N(n("textarea",{name:"body",rows:8,dir:"auto"}),{label:C.body,hint:C.
bodyHint,class:"wide"})],["related_resource_type",N(we("related_resource_type",C.none,rn(a.record)),{label:C.recordType})],
["related_resource_id",N(e("related_resource_id",{spellcheck:"false",autocapitalize:"none"}),{label:C.recordId,hint:C.recordHint})],
["occurred_at",N(n("input",{type:"datetime-local",name:"occurred_at",step:1}),{label:C.occurredAt,hint:C.occurredAtHint(
tn)})],["idempotency_key",N(e("idempotency_key",{spellcheck:"false",class:"code"}),{label:C.key,hint:C.keyHint})]])}function an(e,t){
let o=Co(e),r=new AbortController,i=Io(),s=!1,d=f=>i.get(f)?.control,c=f=>d(f)?.value??"";function b(){let f=d("idempote\
ncy_key");f!==void 0&&(f.value=`pages-${ft()}`,o.set("idempotency_key",f.value))}function h(){for(let f of i.keys())o.set(
f,c(f))}let A=f=>t.parameters.get(f)??"",x=Ie.some(f=>(o.get(f)??"")!==""),P=x&&Ie.some(f=>A(f)!==(o.get(f)??""));for(let[
f,{control:l}]of i)l.value=Ie.includes(f)&&!x?A(f):o.get(f)??"",l.addEventListener("input",h);c("idempotency_key")===""&&
b();function m(){let[f="",l=""]=Ie.map(A),y=a.record[f]??f,E=n("div",{class:"notice"},n("p",{},C.otherRecord),n("button",
{type:"button",on:{click:()=>{for(let S of Ie){let M=d(S);M!==void 0&&(M.value=A(S))}h(),E.remove(),d("related_resource_\
id")?.focus()}}},C.makeAbout(y,l)));return E}function u(f,l){let y=n("p",{class:"hint counter"}),E=()=>{let S=wt(c(f));T(
y,S>l*.8&&C.used(S,l)),y.classList.toggle("violation",S>l)};i.get(f)?.element.append(y),d(f)?.addEventListener("input",E),
E()}u("summary",nn),u("body",on);let p=n("div",{class:"summary"}),k=n("details",{class:"more wide"},n("summary",{},C.advanced),
i.get("idempotency_key")?.element);function v(f){let{first:l,rest:y}=re(i,f);f.some(({field:M})=>M==="idempotency_key")&&
(k.open=!0);let E=se("violations"),S=n("div",{class:"problem",role:"alert",tabindex:"-1","aria-labelledby":E},n("h2",{id:E},
C.summaryTitle(f.length)),n("ul",{},[...i].flatMap(([M,U])=>f.filter(G=>G.field===M).map(({message:G})=>n("li",{},n("but\
ton",{type:"button",class:"link",on:{click:()=>U.control.focus()}},`${U.element.querySelector("label")?.textContent}: ${G}`)))),
y.map(M=>n("li",{},M))));T(p,S),(f.length===1&&l!==void 0?l:S).focus()}function _(f){if(f.fieldErrors.length>0){v(f.fieldErrors);
return}let l=["offline","timeout","unavailable","unexpected"].includes(f.failure);f.failure==="conflict"?T(p,n("div",{class:"\
problem",role:"alert"},n("p",{class:"problem-title"},a.problem.titles.conflict),n("p",{},C.conflict),n("div",{class:"act\
ions"},n("a",{class:"button",href:"#/"},a.notFound.back),n("button",{type:"button",on:{click:()=>{b(),H()}}},C.another)))):
T(p,ne(f,()=>{H()}),l&&n("p",{class:"fine"},C.lost)),p.querySelector("button, a")?.focus()}function R(){let f={};for(let l of i.
keys()){let y=l==="summary"||l==="body"?c(l):c(l).trim();y!==""&&(f[l]=l==="occurred_at"?new Date(y).toISOString():y)}return f}
function I(){let f=[],l=(Re,w,F)=>{w&&f.push({field:Re,message:F})},y=d("occurred_at"),E=Date.parse(c("occurred_at")),S=y instanceof
HTMLInputElement&&y.validity.badInput,M=c("related_resource_type")!=="",U=c("related_resource_id").trim()!=="",G=new TextEncoder().
encode(c("idempotency_key").trim());return l("type",c("type")==="",C.rules.type),l("summary",c("summary").trim()==="",C.
rules.summary),l("summary",wt(c("summary"))>nn,C.rules.summaryLong),l("body",wt(c("body"))>on,C.rules.bodyLong),l("relat\
ed_resource_type",U&&!M,C.rules.recordType),l("related_resource_id",M&&!U,C.rules.recordId),l("occurred_at",S,C.rules.occurredAt),
l("occurred_at",Qt(c("occurred_at")),C.rules.occurredNever),l("occurred_at",E<0,C.rules.occurredEarly),l("occurred_at",E>
Date.now()+Po,C.rules.occurredLate),l("idempotency_key",G.length>Mo,C.rules.key),f}let K=n("button",{type:"submit",class:"\
primary"},C.submit);async function H(){if(s)return;let f=I();if(f.length>0){v(f);return}c("idempotency_key").trim()===""&&
b(),s=!0,K.setAttribute("aria-disabled","true"),T(K,C.working),T(p,Ue()),re(i,[]);try{let{activity:l}=await e.client.logActivity(
R(),r.signal);Y(e,"activity:read")?(Ve(),e.announce(C.done),e.go($(["activities",l.id]),"replace")):Z(l.id)}catch(l){te(
l)||_(B(l))}finally{s=!1,K.removeAttribute("aria-disabled"),T(K,C.submit)}}function Z(f){for(let{control:y}of i.values())
y.value="",y.dispatchEvent(new Event("input"));b();let l=n("div",{class:"notice",role:"status",tabindex:"-1"},n("p",{},C.
doneUnread),n("p",{},n("code",{},f)));T(p,l),l.focus()}function g(){Ve(),e.go("#/")}let L=n("div",{class:"log-page stack"},
J(C.title),n("p",{class:"row-meta"},n("span",{class:"joint"},C.as),ee(e.me)),P&&A("related_resource_id")!==""&&m(),p,n("\
form",{class:"panel form-grid",novalidate:!0,on:{submit:f=>{f.preventDefault(),H()}}},[...i].filter(([f])=>f!=="idempote\
ncy_key").map(([,{element:f}])=>f),k,n("div",{class:"actions wide"},n("button",{type:"button",on:{click:g}},C.discard),K)));
return{title:C.title,element:L,stop:()=>r.abort()}}function sn(){return{title:a.notFound.title,element:n("div",{class:"narrow"},J(a.notFound.title),n("p",{},a.notFound.text),
n("p",{},n("a",{href:"#/"},a.notFound.back)))}}function dn(e,{me:t,viewer:o},r){let i=o?a.noAccess.viewerTitle:a.noAccess.
title,s=r.flatMap(({path:d,nav:c,action:b})=>{let h=c??b;return h===void 0?[]:[n("li",{},n("a",{href:$(d)},h))]});return{
title:i,element:n("div",{class:"narrow"},J(i),o?n("p",{},a.noAccess.viewerText):Fo(e,t),s.length>0&&[n("p",{},a.noAccess.
pages),n("ul",{class:"dotted"},s)])}}function Fo(e,t){return[n("p",{},a.noAccess.text(e)),t.scopes.length===0?n("p",{},a.
noAccess.nothing):[n("p",{},a.noAccess.has),n("ul",{class:"dotted"},t.scopes.map(o=>n("li",{},n("code",{},o),` – ${a.scope[o]}`)))]]}
function cn(){return{title:a.product,element:ve({role:"status"})}}function ln(e,t){return{title:a.product,element:n("div",
{class:"narrow"},J(a.product),ke(e,t))}}function un(){let e=n("div",{class:"visually-hidden",role:"status","aria-live":"polite"});return{element:e,announce(t){e.
textContent=e.textContent===t?`${t} `:t}}}function pe(e){let t=se("dialog"),o=document.activeElement,r=n("dialog",{class:"dialog","aria-labelledby":t,on:{keydown:i=>{
i.key==="Escape"&&e.mayClose?.()===!1&&i.preventDefault()},cancel:i=>{e.mayClose?.()===!1&&i.preventDefault()},close:()=>{
r.remove(),o instanceof HTMLElement&&o.isConnected&&o.focus(),e.closed?.()}}},n("h2",{id:t,tabindex:"-1",autofocus:!0},e.
title),n("div",{class:"dialog-content"},e.content),n("div",{class:"actions"},n("button",{type:"button",on:{click:()=>{e.
mayClose?.()!==!1&&r.close()}}},e.closeLabel??a.close),e.actions));return document.body.appendChild(r),r.showModal(),{close:()=>r.
close()}}var bt="activity-log.shortcuts-off";function mn(){try{return window.localStorage.getItem(bt)!==null}catch{return!1}}function Ho(e){
try{e?window.localStorage.setItem(bt,"1"):window.localStorage.removeItem(bt)}catch{}}function Oo(e){return e instanceof HTMLElement&&
(e.isContentEditable||e.matches("input, select, textarea"))}function pn(e){let t=[...document.querySelectorAll("[data-ro\
w]")],o=document.activeElement,r=t.findIndex(s=>s===o||s.parentElement?.contains(o)),i=t[r<0?e>0?0:t.length-1:r+e];i?.focus(),
i?.scrollIntoView({block:"nearest"})}function vt(){let e=mn();pe({title:a.shortcuts.title,content:[n("p",{},a.shortcuts.
lead),n("dl",{class:"keys"},a.shortcuts.keys.map(([t,o])=>[n("dt",{},n("kbd",{},t)),n("dd",{},o)])),n("label",{class:"ti\
ck"},n("input",{type:"checkbox",checked:!e,on:{change:t=>Ho(!t.target.checked)}}),a.shortcuts.enabled),n("p",{class:"hin\
t"},a.shortcuts.hint)]})}function fn(){document.addEventListener("keydown",e=>{let t=e.ctrlKey||e.metaKey||e.altKey;if(!(e.
defaultPrevented||t||Oo(e.target)||mn())&&document.querySelector("dialog[open]")===null){switch(e.key){case"/":{let o=document.
querySelector("input[type=search]");if(o===null)return;o.focus();break}case"j":pn(1);break;case"k":pn(-1);break;case"?":
vt();break;default:return}e.preventDefault()}})}var Ko=10080*60*1e3;function $o(e){return e!==void 0&&Date.parse(e)-Date.now()<Ko}function kt(e){return n("a",{href:"doc\
s",target:"_blank",rel:"noopener"},e,n("span",{class:"visually-hidden"},` ${a.nav.newTab}`))}function yn(e,t,o){let r=un(),
i=n("header",{class:"header"}),s=n("main",{id:"content",class:"main",tabindex:"-1"}),d=n("a",{class:"skip",href:"#conten\
t",on:{click:h=>{h.preventDefault(),s.focus()}}},a.skipToContent);T(e,d,i,s,r.element);function c(h){let A=Y(h,"activity\
:read"),x=t.filter(m=>Y(h,m.scope)).map(m=>({path:m.path,name:m.nav??(A?null:m.action)})).filter(({name:m})=>m).map(({path:m,
name:u})=>n("li",{},n("a",{href:$(m),"data-page":m.join("/")},u))),P=!h.viewer&&n("li",{},kt(a.nav.reference));return n(
"nav",{"aria-label":a.navigation},n("ul",{},x,P))}function b({me:h}){return n("div",{class:"account"},n("p",{class:"acco\
unt-name"},n("span",{class:"visually-hidden"},`${a.account.label}: `),ee(h),n("span",{class:"fine"},n("span",{class:"vis\
ually-hidden"},` ${a.account.tenant} `),n("span",{},h.tenant_id),$o(h.expires_at)&&[" · ",n("span",{},a.account.endsAt(
"")),ie(h.expires_at)])),n("button",{type:"button",class:"quiet",on:{click:o}},a.nav.signOut))}return{announce:r.announce,
showAccount(h){let A=n("a",{class:"brand",href:"#/"},X(...Ut),a.product),x=n("button",{type:"button",class:"quiet help",
"aria-label":a.nav.help,title:a.nav.help,on:{click:vt}},"?");h===void 0?T(i,n("div",{class:"bar"},A,x)):T(i,n("div",{class:"\
bar"},A,c(h),x,b(h)))},showPage(h,A,x){document.title=h.title===a.product?h.title:`${h.title} – ${a.product}`,T(s,h.element);
for(let P of i.querySelectorAll("a[data-page]"))P.dataset.page===A.join("/")?P.setAttribute("aria-current","page"):P.removeAttribute(
"aria-current");window.scrollTo({top:0,behavior:"instant"}),x&&document.hasFocus()&&(s.querySelector("[data-focus], h1")??
s).focus()}}}function hn(e,t){return n("a",{class:"button main-action",href:e},X(...jt),t)}var Do=/^[\x21-\x7e]+$/;function No(e,t){switch(e){case"none":return t?a.signIn.viewerLeft:void 0;case"signed_out":return t?
a.signIn.viewerLeft:a.signIn.signedOut;case"expired":return t?a.signIn.viewerExpired:a.signIn.expired;case"refused":return t?
a.signIn.viewerRefused:a.signIn.ended}}function gn(e){let t=No(e.ending,e.viewer),o=n("div",{class:"sign-in"}),r=J(a.signIn.
title),i=t!==void 0&&n("p",{class:"notice",role:"alert"},t);if(e.viewer){let m=n("button",{type:"button",class:"link",on:{
click:e.useKey}},a.signIn.useKey);return T(o,J(a.signIn.viewerTitle),i,n("p",{},m)),{title:a.signIn.viewerTitle,element:o}}
let s=N(n("input",{name:"key",type:"password",autocomplete:"off",autocapitalize:"none",spellcheck:"false",required:!0,class:"\
code"}),{label:a.signIn.key,hint:a.signIn.keyHint}),d=n("input",{type:"checkbox",on:{change:()=>{s.control.type=d.checked?
"text":"password"}}}),c=N(n("input",{name:"user",type:"text",autocomplete:"off",autocapitalize:"none",spellcheck:"false"}),
{label:a.signIn.user,hint:a.signIn.userHint}),b=n("input",{type:"checkbox",name:"keep"}),h=n("button",{type:"submit",class:"\
primary"},a.signIn.submit),A=n("div"),x=!1;async function P(){if(x)return;let m=s.control.value.trim();if(!Do.test(m)){s.
setError(m===""?a.signIn.missing:a.signIn.notAKey),s.control.focus();return}let u=c.control.value.trim();s.setError(void 0),
T(A,Ue()),x=!0,h.setAttribute("aria-disabled","true"),T(h,a.signIn.working);try{await e.signIn(u===""?{token:m}:{token:m,
user:u},b.checked)}catch(p){let k=B(p);T(A),k instanceof z&&k.failure==="unauthorized"?(s.setError(a.signIn.refused),s.control.
focus()):k.failure==="invalid"?c.setError(yt(k)):T(A,ne(k))}finally{x=!1,h.removeAttribute("aria-disabled"),T(h,a.signIn.
submit)}}return T(o,r,n("p",{class:"lead"},a.signIn.lead),i,n("form",{class:"panel stack",novalidate:!0,on:{submit:m=>{m.
preventDefault(),P()}}},s.element,n("label",{class:"tick"},d,a.signIn.show),c.element,n("label",{class:"tick"},b,a.signIn.
keep),n("p",{class:"hint"},a.signIn.keepHint),A,n("div",{class:"actions"},h)),n("p",{class:"fine"},kt(a.signIn.reference))),
{title:a.signIn.title,element:o}}function _t(e,...t){let o=n("p",{class:"violation",id:se("violation"),hidden:!0}),r=e.hint===void 0?void 0:n("p",{class:"\
hint",id:se("hint")},e.hint),i=n("fieldset",{class:"group"},n("legend",{},e.legend),t,r,o);function s(...d){let c=d.filter(
b=>b!==void 0);c.length>0?i.setAttribute("aria-describedby",c.join(" ")):i.removeAttribute("aria-describedby")}return s(
r?.id),{element:i,control:e.control,setError(d){o.hidden=d===void 0,T(o,d),s(r?.id,d===void 0?void 0:o.id),d===void 0?e.
control.removeAttribute("aria-invalid"):e.control.setAttribute("aria-invalid","true")}}}function Tt(e,...t){let o=n("inp\
ut",e);return{element:n("label",{class:"tick"},o,n("span",{},t)),control:o}}function wn(e){return e.split(`
`).map(t=>t.trim()).filter(t=>t!=="")}function xt(e){let t=new Date(e);return Number.isNaN(t.getTime())?e:t.toISOString()}
function bn(e){let t=wn(e.ranges),o=e.users==="these"?wn(e.userIds):[],r=e.actorType!=="user"&&e.users!=="anybody";return{
actor:{type:e.actorType,id:e.actorId.trim()},scopes:[...e.scopes],...e.name.trim()===""?{}:{name:e.name.trim()},...e.expires===
""?{}:{expires_at:xt(e.expires)},...t.length===0?{}:{address_ranges:t},...r?{users:o}:{}}}function vn({field:e,message:t}){
return{field:e==="actor"?"actor.id":e,message:t.replace(/^element (\d+): /,(o,r)=>a.keys.form.entry(Number(r)+1))}}var O=a.keys.form;function At(e,t,o){let r=N(n("input",{name:e,type:"datetime-local"}),{label:t,hint:o});return{...r,isWhole(){
let i=!r.control.validity.badInput;return r.setError(i?void 0:O.notATime),i}}}function Et(e){pe({title:O.leftTitle,content:[
ne(e),n("p",{},O.leftText)]})}function Uo({actor:e}){return e.type==="agent"?["agent"]:["user","service","agent"]}function kn(e){
let{me:t}=e,o=Ne(),r={autocomplete:"off",autocapitalize:"none",spellcheck:"false"},i=N(n("input",{name:"name",type:"text",
dir:"auto",...r}),{label:O.name,hint:O.nameHint}),s=N(we("actor.type",O.choose,Uo(t).map(y=>({value:y,label:O.types[y]}))),
{label:O.type}),d=N(n("input",{name:"actor.id",type:"text",dir:"auto",...r}),{label:O.id,hint:O.idHint}),c=t.scopes.map(
y=>Tt({type:"checkbox",name:"scopes",value:y},n("code",{},y),` – ${a.scope[y]}`)),b=_t({legend:O.scopes,control:c[0]?.
control??n("input")},c.map(({element:y})=>y)),h=At("expires_at",t.expires_at===void 0?O.expires:O.expiresHere,t.expires_at===
void 0?O.expiresHint:O.expiresOwn(be(t.expires_at))),A=N(n("textarea",{name:"address_ranges",rows:2,class:"code",...r}),
{label:O.ranges,hint:O.rangesHint}),x=(y,E)=>Tt({type:"radio",name:"users",value:y},E),P=x("anybody",O.usersAnybody),m=x(
"nobody",O.usersNobody),u=x("these",O.usersThese),p=N(n("textarea",{name:"user_ids",rows:3,dir:"auto",...r}),{label:O.usersIds,
hint:O.usersHint}),k=_t({legend:O.users,control:P.control},P.element,m.element,u.element,p.element),v=new Map([["name",i],
["actor.type",s],["actor.id",d],["scopes",b],["expires_at",h],["address_ranges",A],["users",k]]);function _(){k.element.
hidden=s.control.value==="user",p.element.hidden=!u.control.checked}function R(){let y=[m,u].find(({control:E})=>E.checked)?.
control.value;return{name:i.control.value,actorType:s.control.value,actorId:d.control.value,scopes:t.scopes.filter((E,S)=>c[S]?.
control.checked),expires:h.control.value,ranges:A.control.value,users:y??"anybody",userIds:p.control.value}}let I=n("but\
ton",{type:"submit",class:"primary"}),K=n("div");function H(y){I.disabled=y,T(I,y?O.working:O.submit)}function Z(){let y=[],
E=(G,Re,w)=>{Re&&y.push({field:G,message:w})},S=h.control.value,M=!h.control.validity.badInput,U=S===""||Date.parse(S)>Date.
parse(t.expires_at??"");return E("actor.type",s.control.value==="",O.noType),E("actor.id",d.control.value.trim()==="",O.
noId),E("scopes",c.every(({control:G})=>!G.checked),O.noScope),E("expires_at",!M,O.notATime),t.expires_at!==void 0&&E("e\
xpires_at",M&&U,O.expiresBy(be(t.expires_at))),y}async function g(){if(I.disabled)return;T(K);let{first:y}=re(v,Z());if(y!==
void 0){y.focus();return}let E=bn(R());H(!0);try{let S=await e.client.createKey(E,o.keyFor(E));o.accepted(),e.made(S)}catch(S){
L(S)}finally{H(!1)}}function L(y){let E=B(y);if(!l.isConnected){Et(E);return}let S=E.fieldErrors.map(vn),{first:M,rest:U}=re(
v,S);(M===void 0||U.length>0)&&T(K,ne(E)),M?.focus()}let f=n("h2",{tabindex:"-1"},O.title),l=n("form",{class:"stack",novalidate:!0,
on:{submit:y=>{y.preventDefault(),g()},change:_}},i.element,n("div",{class:"pair"},s.element,d.element),b.element,k.element,
n("div",{class:"pair"},h.element,A.element),K,n("div",{class:"actions"},n("button",{type:"button",on:{click:e.cancelled}},
a.cancel),I));return{element:n("section",{class:"panel stack","aria-label":O.title},n("div",{},f,n("p",{class:"hint"},O.
lead)),l),begin(){l.reset(),re(v,[]),T(K),H(!1),t.actor.type==="user"?(u.control.checked=!0,p.control.value=t.actor.id):
P.control.checked=!0,_(),f.focus()}}}var{secret:le,rotating:ce,revoking:Te}=a.keys;function fe(e){return e.name??a.keys.unnamed(e.key_id)}function _n({key:e,
secret:t},o){if(t===void 0){pe({title:le.lostTitle,content:[n("p",{class:"notice",dir:"auto"},fe(e)),n("p",{},le.lost)],
closed:o});return}let r=n("p",{role:"status",class:"hint"}),i=!1,s=N(n("textarea",{class:"code",rows:3,readonly:!0,spellcheck:"\
false",dir:"ltr"},t),{label:le.label});s.control.addEventListener("copy",()=>{i=!0});async function d(){try{await navigator.
clipboard.writeText(s.control.value),i=!0,T(r,le.copied)}catch{s.control.select(),T(r,le.selected)}}pe({title:le.made,content:[
n("p",{class:"name",dir:"auto"},fe(e)),n("p",{class:"notice warn"},le.warning),s.element,r],actions:[n("button",{type:"b\
utton",class:"primary",on:{click:()=>{d()}}},le.copy)],closeLabel:le.done,mayClose(){let c=i;return i=!0,T(r,!c&&le.notCopied),
c},closed:()=>{s.control.value="",T(s.control),o()}})}function Tn({client:e,key:t,own:o,left:r},i){let s=Ne(),d=N(n("sel\
ect",{name:"overlap_seconds"},ce.overlaps.map(([u,p])=>n("option",{value:u,selected:u===86400},p))),{label:ce.overlap,hint:ce.
overlapHint}),c=At("expires_at",ce.expires,ce.expiresHint),b=new Map([["overlap_seconds",d],["expires_at",c]]),h=n("div"),
A=n("button",{type:"submit",class:"primary"},ce.submit);async function x(){if(A.disabled)return;if(T(h),!c.isWhole()){c.
control.focus();return}let u={overlap_seconds:Number(d.control.value),...c.control.value===""?{}:{expires_at:xt(c.control.
value)}};A.disabled=!0,T(A,ce.working);try{let p=await e.rotateKey(t.key_id,u,s.keyFor(u));m.close(),i(p)}catch(p){let k=B(
p);if(!P.isConnected){Et(k);return}let{first:v,rest:_}=re(b,k.fieldErrors);(v===void 0||_.length>0)&&T(h,ne(k)),v?.focus()}finally{
A.disabled=!1,T(A,ce.submit)}}let P=n("form",{class:"stack",id:se("rotate"),novalidate:!0,on:{submit:u=>{u.preventDefault(),
x()}}},d.element,c.element,h);A.setAttribute("form",P.id);let m=pe({title:ce.title(fe(t)),content:[n("p",{},ce.text),o&&
n("p",{class:"notice warn"},ce.own),P],closeLabel:a.cancel,actions:[A]});r.addEventListener("abort",()=>m.close(),{once:!0})}
function xn({client:e,key:t,own:o,left:r},i){let s=n("div"),d=n("button",{type:"button",class:"danger",on:{click:()=>{c()}}},
Te.submit);async function c(){if(!d.disabled){T(s),d.disabled=!0,T(d,Te.working);try{let h=await e.revokeKey(t.key_id);b.
close(),i(h.key)}catch(h){T(s,ne(B(h)))}finally{d.disabled=!1,T(d,Te.submit)}}}let b=pe({title:Te.title(fe(t)),content:[
n("p",{},Te.text),o&&n("p",{class:"notice warn"},Te.own),s],closeLabel:a.cancel,actions:[d]});r.addEventListener("abort",
()=>b.close(),{once:!0})}function Ge(e,t){if(e.revoked_at!==void 0)return"revoked";let o=e.expires_at===void 0?Number.POSITIVE_INFINITY:Date.parse(
e.expires_at);return o<=t?"ended":e.replaced_by!==void 0?"rotated":o-t<=12096e5?"expires_soon":"active"}function An(e,t){
return e.replaced_by===void 0&&Ge(e,t)!=="revoked"}function En(e,t){let o=Ge(e,t);return o!=="revoked"&&o!=="ended"}var qo=400*
24*60*60*1e3;function Sn(e,t){return t-Date.parse(e.created_at)<qo}var Rn={behind:[],cursor:null},Ln=6,Mn=500,jo=10,Wo="800px";function Vo(e){return[...e.querySelectorAll("h2, h3, p")].map(
({textContent:o})=>o).map(o=>o.replace(/[^.]$/,"$&.")).join(" ")}function ye(e){let t=[],o=[],r,i,s=n("div",{class:"page\
s"}),d=n("div",{class:"pager-edge"}),c=n("div",{class:"pager-edge"}),b=n("div",{class:"pager",tabindex:"-1"},d,s,c),h=new IntersectionObserver(
l=>{for(let y of l)y.isIntersecting&&i===void 0&&(y.target===c&&c.dataset.state==="more"?H():y.target===d&&d.dataset.state===
"more"&&g())},{rootMargin:`${Wo} 0px`});function A(l){h.unobserve(l),h.observe(l)}function x(l,y,...E){let S=l.contains(
document.activeElement);l.dataset.state=y,T(l,...E),l.hidden=E.length===0,S&&l.querySelector("button, a[href], [tabindex\
]")?.focus({preventScroll:!0})}function P(l,y){return n("button",{type:"button",class:"quiet",on:{click:y}},l)}function m(){
if(o.length>0){let l=P(a.pager.newest,()=>f(Rn,()=>{window.scrollTo({top:0,behavior:"instant"}),K(s)}));x(d,"more",P(a.pager.
newer,()=>{g(!0)}),l),A(d)}else x(d,"none");t.length===0?x(c,"empty",e.empty()):r!==void 0?(x(c,"more",P(a.pager.older,()=>{
H(!0)})),A(c)):e.end!==void 0?x(c,"end",n("p",{class:"fine"},e.end)):x(c,"end")}function u(l,y,E){let S=B(y);e.failed?.(
S)!==!0?x(l,"failed",ke(S,E)):x(l,"failed")}async function p(l,y,E){i?.abort();let S=new AbortController;i=S,b.setAttribute(
"aria-busy","true"),x(l,"loading",ve({tabindex:"-1"}));try{return await E(S.signal),!0}catch(M){return!te(M)&&i===S&&(i=
void 0,u(l,M,y)),!1}finally{i===S&&(i=void 0),i===void 0&&b.removeAttribute("aria-busy")}}async function k(l,y){let E=l;
for(let S=0;;S+=1){let M=await e.load(E,y);if(y.throwIfAborted(),M.rows.length>0||M.next===void 0||S>=jo)return{...M,cursor:E};
E=M.next}}function v(){return t.at(-1)?.rows.at(-1)}function _(l,y){let E=l?.getBoundingClientRect().top??0;y(),l?.isConnected&&
window.scrollBy({top:l.getBoundingClientRect().top-E,behavior:"instant"})}function R(){let{activeElement:l}=document;return s.
contains(l)?l.dataset.row??"":void 0}function I(l){let E=[...s.querySelectorAll("[data-row]")].find(({dataset:S})=>S.row===
l);E===void 0?K(s):E.focus({preventScroll:!0})}function K(l){(l.querySelector("a[href], button")??b).focus({preventScroll:!0})}
async function H(l=!1){let y=r;y!==void 0&&await p(c,()=>{H(l)},async E=>{let S=await k(y,E);if(r=S.next,S.rows.length>0){
let M={...S,element:e.render(S.rows,v())};_(t.at(-1)?.element.lastElementChild,()=>{for(s.appendChild(M.element),t.push(
M);t.length>Ln;){let U=t.shift();U?.element.remove(),o.push(U?.cursor)}o=o.slice(-Mn)}),l&&K(M.element),e.announce(a.pager.
shown(S.rows.length,r!==void 0))}S.rows.length===0&&r!==void 0?Z():m()})}function Z(){x(c,"asks",n("p",{},a.pager.searching),
P(a.pager.keepLooking,()=>{H(!0)}))}async function g(l=!1){let y=t[0];o.length===0||y===void 0||await p(d,()=>{g(l)},async E=>{
let S=o.at(-1),M=await e.load(S,E);E.throwIfAborted(),o.pop();let U={...M,cursor:S,element:e.render(M.rows,void 0)};M.next!==
y.cursor?(o=S===void 0?[]:o,t=[U],s.replaceChildren(U.element),r=M.next,U.element.lastElementChild?.scrollIntoView({block:"\
nearest"}),e.began?.(U.rows,S===void 0)):_(y.element,()=>{for(s.prepend(U.element),t.unshift(U);t.length>Ln;){let G=t.pop();
G?.element.remove(),r=G?.cursor}}),l&&K(U.element),m()})}function L(){f(Rn)}function f(l,y){p(c,()=>f(l,y),async S=>{t.length>
0&&x(c,"loading"),x(d,"none");let M=await k(l.cursor??void 0,S);t=[],o=l.behind.map(G=>G??void 0),r=M.next;let U=R();if(s.
replaceChildren(),M.rows.length>0){let G={...M,element:e.render(M.rows,void 0)};t.push(G),s.appendChild(G.element)}U!==void 0&&
I(U),M.rows.length===0&&r!==void 0?Z():(m(),e.announce(M.rows.length===0?Vo(c):a.pager.shown(M.rows.length,r!==void 0))),
e.began?.(M.rows,l.cursor===null)}).then(S=>{S?y?.():c.dataset.state==="failed"&&t.length>0&&(t=[],s.replaceChildren())})}
return{element:b,restart:L,resume:f,placeOf(l){let y=t.findIndex(M=>M.rows.includes(l)),E=t[y];return E===void 0?void 0:
{behind:[...o,...t.slice(0,y).map(({cursor:M})=>M)].slice(-Mn).map(M=>M??null),cursor:E.cursor??null}},stop(){i?.abort(),
h.disconnect()},rows:()=>t.flatMap(l=>l.rows)}}function xe(e,t){let o=window.history.state;if(o?.place===void 0){e.restart();
return}e.resume(o.place,()=>{let i=[...e.element.querySelectorAll(`[data-${t}]`)].find(({dataset:d})=>d[t]===o.row);(t===
"row"?i:i?.querySelector("[data-row]"))?.focus(),i?.scrollIntoView({block:"center"})})}var Go=20,Bo=20,Pn=5,{keys:q}=a;function Cn(e){let t=r=>r.map((i,s)=>[s>0&&", ",i]),o=e.slice(Pn);return n("div",{},t(e.
slice(0,Pn)),o.length>0&&n("details",{},n("summary",{},q.more(o.length)),t(o)))}function In(e){let{client:t,me:o}=e,r=new AbortController,
i=[];function s(g){let L=Date.now(),f=Ge(g,L),l=fe(g),y=g.name===void 0?l:`${l}, ${g.key_id}`,E=g.key_id===o.credential_id,
S=n("h3",{class:"key-name",dir:"auto",tabindex:"-1"},l);return n("li",{class:"row key","data-key":g.key_id,"data-state":f},
n("div",{class:"row-kind"},n("span",{class:`badge state-${f}`},q.states[f])),n("div",{class:"row-text"},S,E&&n("p",{class:"\
fine"},q.own),n("p",{},ee(g)),c(g),n("div",{class:"row-meta"},A(g))),n("div",{class:"key-actions"},An(g,L)&&d(q.rotate,q.
rotateLabel(y),()=>u(g)),En(g,L)&&d(q.revoke,q.revokeLabel(y),()=>p(g))))}function d(g,L,f){return n("button",{type:"but\
ton","aria-label":L,on:{click:f}},g)}function c(g){let{property:L}=q,f=y=>Cn(y.map(E=>n("code",{dir:"auto"},E))),l=[[L.scopes,
g.scopes.length===0?L.noScopes:f(g.scopes)],[L.id,n("code",{},g.key_id)],[L.made,ie(g.created_at)],[L.ends,g.expires_at===
void 0?L.never:ie(g.expires_at)],[L.used,b(g)]];return g.revoked_at!==void 0&&l.push([L.revoked,ie(g.revoked_at)]),g.replaced_by!==
void 0&&l.push([L.replacedBy,n("code",{},g.replaced_by)]),l.push([L.ranges,g.address_ranges===void 0?L.anywhere:f(g.address_ranges)]),
l.push([L.users,h(g)]),n("dl",{class:"key-facts"},l.map(([y,E])=>n("div",{},n("dt",{},y),n("dd",{},E))))}function b(g){let{
property:L}=q;return g.last_used_at!==void 0?[L.usedHour," ",ie(g.last_used_at)]:Sn(g,Date.now())?L.unused:L.unusedLately}
function h({actor:g,users:L}){let{property:f}=q;return g.type==="user"?f.itself:L===void 0?f.anybody:L.length===0?f.nobody:
Cn(L.map(l=>Q(l)))}function A({key_id:g}){let L=(f,l)=>n("a",{href:$(["trail"],new URLSearchParams(f))},l);return Y(e,"a\
udit:read")&&[L({resource_type:"key",resource_id:g},q.changes),L({credential_id:g},q.calls)]}function x(g){i=i.map(l=>l.
key_id===g.key_id?g:l);let L=P(g.key_id);if(L===null)return;let f=s(g);return L.replaceWith(f),f}function P(g){return Z.
querySelector(`[data-key="${CSS.escape(g)}"]`)}function m(g){g?.querySelector(".key-name")?.focus()}function u(g){let L=g.
key_id===o.credential_id;Tn({client:t,key:g,own:L,left:r.signal},f=>{_(f),t.getKey(g.key_id,r.signal).then(l=>{x(l.key)},
()=>{})})}function p(g){let L=g.key_id===o.credential_id;xn({client:t,key:g,own:L,left:r.signal},f=>{m(x(f)),e.announce(
q.revoking.done(fe(f)))})}let k=n("ul",{class:"rows"}),v=n("section",{"aria-label":q.madeNow,hidden:!0},n("h2",{class:"d\
ay"},q.madeNow),k);function _(g){let{key:L}=g;P(L.key_id)?.remove(),i=[L,...i.filter(f=>f.key_id!==L.key_id)].slice(0,Bo),
k.replaceChildren(...i.map(s)),v.hidden=!1,_n(g,()=>{m(P(L.key_id)),e.announce(q.secret.closed(fe(L)))})}let R=n("button",
{type:"button",class:"primary",on:{click:()=>K(!0)}},q.make),I=kn({client:t,me:o,made:g=>{K(!1),_(g)},cancelled:()=>K(!1)});
function K(g){I.element.hidden=!g,R.hidden=g,g?I.begin():R.focus()}let H=ye({async load(g,L){let f=new URLSearchParams({
limit:String(Go)});g!==void 0&&f.set("cursor",g);let l=await t.listKeys(f,L);return{rows:l.keys,next:l.next_cursor}},render:g=>{
let L=new Set(i.map(({key_id:l})=>l)),f=g.filter(({key_id:l})=>!L.has(l));return n("ul",{class:"page rows"},f.map(s))},empty:()=>n(
"div",{class:"empty"},n("h3",{},q.empty),n("p",{},q.emptyText)),end:a.pager.end,announce:e.announce});I.element.hidden=!0;
let Z=n("div",{class:"timeline"},n("div",{class:"page-head"},n("div",{},J(q.title),n("p",{class:"lead"},q.lead)),R),I.element,
v,n("section",{"aria-label":q.results},n("h2",{class:"day"},q.results),H.element));return H.restart(),{title:q.title,element:Z,
stop(){r.abort(),H.stop()}}}var Fn=new Intl.NumberFormat("en");function Be(e){let{trail:t}=a,o=e.data?.count;if(e.action==="key.refusals_counted"&&typeof o==
"number")return t.refusedTimes(Fn.format(o),o===1);if(!Object.hasOwn(t.actions,e.action))return e.action;let[r,i]=t.actions[e.
action];return e.status==="succeeded"?r:i}function Ye(e){let{trail:t}=a;return e.tool_name!==void 0?`${t.tool} ${e.tool_name}`:
e.command!==void 0?`${t.command} ${e.command}`:e.api_route&&(Je(t.doors,e.api_route)??e.api_route)}function ze(e){if(e.error_code===
void 0)return;let{trail:t}=a,o=`${t.errors[e.error_code]??t.statuses.rejected} (${e.error_code}).`,r=(e.fields??[]).map(
i=>i==="$"?t.wholeInput:i);return r.length===0?o:`${o} ${t.fields} ${r.join(", ")}`}var Yo=/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;
function Hn(e){return Object.entries(e??{}).map(([t,o])=>{let r=typeof o=="number"?Fn.format(o):typeof o=="string"?o:JSON.
stringify(o);return{label:Je(a.trail.data,t)??t.replaceAll("_"," "),value:r,isTime:Yo.test(r)}})}function Je(e,t){return Object.
hasOwn(e,t)?e[t]:void 0}function On(e){let t=e.indexOf(":");return t>0&&t<e.length-1?[e.slice(0,t),e.slice(t+1)]:void 0}
function St(e){let t=o=>[`${e}_${o}`,r=>r[e]?.[o]];return[t("type"),t("id"),t("display_name")]}var Kn=[["occurred_at",e=>e.
occurred_at],["status",e=>e.status],["action",e=>e.action],["resource_type",e=>e.resource_type],["resource_id",e=>e.resource_id],
...St("actor"),...St("authenticated_as"),...St("on_behalf_of"),["credential_id",e=>e.credential_id],["source",e=>e.source],
["api_route",e=>e.api_route],["tool_name",e=>e.tool_name],["command",e=>e.command],["client_address",e=>e.client_address],
["user_agent",e=>e.user_agent],["error_code",e=>e.error_code],["fields",e=>e.fields?.join(" ")],["data",e=>e.data&&JSON.
stringify(e.data)],["input_hash",e=>e.input_hash],["request_id",e=>e.request_id],["tenant_id",e=>e.tenant_id],["id",e=>e.
id]],$n=Kn.map(([e])=>e);function Dn(e){return Kn.map(([,t])=>t(e)??"")}function ue(e){return n("code",{},JSON.stringify(e)??"")}function zo(e){return typeof e=="string"||typeof e=="number"?n(
"span",{dir:"auto",class:"prose"},String(e)):ue(e)}function jn(e){return typeof e=="object"&&e!==null}function Nn(e){return jn(
e)&&typeof e.name=="string"?Q(e.name):ue(e)}function Jo(e){if(!jn(e)||typeof e.amount!="number")return ue(e);let{amount:t,
currency:o,symbol:r}=e;try{return new Intl.NumberFormat("en",{style:"currency",currency:String(o)}).format(t)}catch{return`${r??
o??""} ${t}`.trim()}}function Un(e,t){return Array.isArray(e)?e.length===0?a.record_page.nothing:n("ul",{class:"values"},
e.map(o=>n("li",{},t(o)))):ue(e)}function qn(e){return typeof e=="string"?n("code",{},e):ue(e)}function Wn({field_type:e,
value:t}){switch(e){case"text":case"longtext":case"email":case"wysiwyg":case"integer":case"rating":case"decimal":case"ph\
onenumber":case"timezone":return zo(t);case"money":return Jo(t);case"date":return typeof t=="string"?en(t):ue(t);case"da\
tetime":return typeof t=="string"?_e(t):ue(t);case"dropdown":case"radio":case"choices":case"status":case"selector":return Nn(
t);case"checkboxes":case"dynamictags":return Un(t,Nn);case"checkbox":return typeof t=="boolean"?t?a.record_page.yes:a.record_page.
no:ue(t);case"yesnomaybe":return t==="yes"||t==="no"||t==="maybe"?a.record_page[t]:ue(t);case"relationship":case"team_se\
lector":return qn(t);case"files":return Un(t,qn);default:return ue(t)}}function Xe(e){return e.related_objects!==void 0?e.related_objects.map(({type:t,id:o,display_name:r})=>({type:t,id:o,name:r})):
e.related_resource_type===void 0||e.related_resource_id===void 0?[]:[{type:e.related_resource_type,id:e.related_resource_id,
name:e.related_resource_display_name}]}function Vn(e){return Object.hasOwn(a.record,e)}function Xo(e){if(Vn(e))return a.
record[e];let t=e.replaceAll("_"," ");return t.charAt(0).toUpperCase()+t.slice(1)}function Ze(e,t){let o=Xo(e.type),r=e.
name??e.id,i=[X(...Wt),n("span",{class:"record-type"},`${o} `),n("span",{dir:"auto",class:"name"},r)];if(!Vn(e.type))return n(
"span",{class:"record",title:e.id},i);let s=new URLSearchParams(t);return s.set("related_resource_type",e.type),s.set("r\
elated_resource_id",e.id),n("a",{class:"record",href:$([],s),title:a.timeline.record(o,e.id)},i)}var j=a.record_page,Zo=20;function he(e,t){return t==null||t===!1?null:n("div",{class:"entry"},n("dt",{},e),n("dd",{},t))}
function Ae(e,...t){return n("section",{class:"panel stack"},n("h2",{},e),t)}function Lt(e,t){return he(e,t?[_e(t),n("sp\
an",{class:"fine utc"},Ce(t))]:null)}function Rt(e,t){return he(e,t&&[Q(Me(t),"name"),n("code",{class:"fine"},` ${t.type}\
:${t.id}`)])}function Qo({fields:e,mentions:t,...o}){let r=o.completed_at!==void 0||o.scheduled_activity_id!==void 0;return[
e.length>0&&Ae(j.fields,n("dl",{class:"entries"},e.map(i=>he(i.display_name||i.name,Wn(i))))),t.length>0&&Ae(j.mentions,
n("ul",{class:"values"},t.map(i=>n("li",{},n("code",{},i))))),r&&Ae(j.completion,n("dl",{class:"entries"},Lt(j.completedAt,
o.completed_at),he(j.scheduled,o.scheduled_activity_id&&n("code",{},o.scheduled_activity_id))))]}function er({type:e,submission:t}){
let o=a.category[e],r=t?.activity_object.name??o;return[X(...Le[e]),r!==o&&[Q(r)," · "],o]}function tr(e){let t=ze(e);return n(
"li",{class:"trail-event"},n("div",{class:"trail-event-head"},n("span",{},ee(e),` ${Be(e)}`),n("span",{class:`badge stat\
us-${e.status}`},a.trail.statuses[e.status]),n("span",{class:"row-time"},ie(e.occurred_at))),t!==void 0&&n("p",{},t),n("\
div",{class:"row-meta fine"},n("span",{},Ye(e)),e.client_address!==void 0&&n("span",{},e.client_address),n("code",{},e.request_id)))}
function Gn(e,t){let o=t.path[1]??"",r=new URLSearchParams({resource_id:o}),i=new AbortController,s=J(j.title),d=n("p",{
class:"kind"}),c=n("div",{class:"stack"}),b=Y(e,"audit:read")?A():void 0,h=n("article",{class:"record-page"},d,s,c);function A(){
return ye({async load(m,u){let p=new URLSearchParams(r);p.set("limit",String(Zo)),m!==void 0&&p.set("cursor",m);let k=await e.
client.listAuditEvents(p,u);return{rows:k.audit_events,next:k.next_cursor}},render:m=>n("ol",{class:"events"},m.map(tr)),
empty:()=>n("p",{class:"fine"},j.trailEmpty),announce:()=>{}})}function x(m){let u=Xe(m);T(d,er(m)),T(s,Q(m.summary)),document.
title=`${m.summary} – ${a.product}`,T(c,n("p",{class:"row-meta"},ee(m,{path:[]}),ie(m.occurred_at)),m.body!==void 0&&m.
body!==""&&n("div",{class:"panel prose",dir:"auto",role:"region","aria-label":j.body},m.body),u.length>0&&Ae(j.records,n(
"ul",{class:"values"},u.map(p=>n("li",{},Ze(p,new URLSearchParams),p.name!==void 0&&n("code",{class:"fine"},` ${p.id}`))))),
m.submission!==void 0&&Qo(m.submission),Ae(j.details,n("dl",{class:"entries"},Lt(j.occurredAt,m.occurred_at),Lt(j.loggedAt,
m.logged_at),Rt(j.actor,m.actor),Rt(j.authenticatedAs,m.authenticated_as),Rt(j.onBehalfOf,m.on_behalf_of),he(j.lastAgent,
m.last_agent_actor_id!==void 0&&n("code",{},m.last_agent_actor_id)),he(j.source,a.source[m.source]),he(j.id,n("code",{},
m.id)),he(j.tenant,n("code",{},m.tenant_id)))),b!==void 0&&Ae(j.trail,b.element,n("p",{},n("a",{href:$(["trail"],r)},j.openTrail)))),
b?.restart()}async function P(){T(c,ve({role:"status"}));try{x((await e.client.getActivity(o,i.signal)).activity)}catch(m){
if(te(m))return;let u=B(m);T(c,u.failure==="not_found"?n("p",{class:"notice",role:"alert"},j.notFoundText):ke(u,()=>{P()}),
n("p",{},n("a",{href:"#/"},a.notFound.back)))}}return P(),{title:j.title,element:h,stop(){i.abort(),b?.stop()}}}function Qe(e,t,o){let r=n("div",{class:"page"}),i=t===void 0?void 0:de(new Date(t.occurred_at)),s;for(let d of e){let c=de(
new Date(d.occurred_at));if(s===void 0||c!==i){let b=n("h2",{class:"day"},gt(d.occurred_at,a.days));b.dataset.at=d.occurred_at,
b.classList.toggle("continues",s===void 0&&c===i),s=n("ol",{class:"rows"}),r.append(b,s),i=c}s.append(o(d))}return r}var nr=6e4;
function et(e){let t=de(new Date),o=setInterval(()=>{let r=de(new Date);if(r!==t){t=r;for(let i of e.querySelectorAll("[\
data-at]"))T(i,gt(i.dataset.at??"",a.days))}},nr);return()=>clearInterval(o)}var or="1970-01-01",rr="9999-12-31",ir=600;function Mt(e,t){let o=new Date(e);if(Number.isNaN(o.getTime()))return;let r=t===
"to"?1:0,i=new Date(o);i.setDate(i.getDate()-r);let s=de(i);return je(s,r)===o.toISOString()?s:void 0}function ar(e){switch(e.
kind){case"choice":return N(we(e.name,a.filters.any,e.options),e);case"text":return N(n("input",{name:e.name,type:"text",
autocomplete:"off",spellcheck:"false"}),e);default:return N(n("input",{name:e.name,type:"date",min:or,max:rr}),e)}}function nt(e){
return e instanceof HTMLInputElement&&e.type==="date"}function tt(e){return nt(e)&&!e.validity.valid}function ot(e){let t=new URLSearchParams,
o,r=new Map;for(let u of e.fields)r.set(u.name,ar(u));function i(){let u=new URLSearchParams(t);for(let p of e.fields){let k=r.
get(p.name)?.control.value.trim()??"";if(u.delete(p.name),p.kind==="choice"||p.kind==="text")u.set(p.name,k);else{let v=t.
get(p.name)??"",R=k===""&&v!==""&&Mt(v,p.kind)===void 0||tt(r.get(p.name)?.control);u.set(p.name,R?v:je(k,p.kind==="to"?
1:0)??"")}}for(let p of e.fields)p.needs!==void 0&&(u.get(p.needs)??"")===""&&u.delete(p.name);for(let[p,k]of[...u])k===
""&&u.delete(p);return u}function s(){let u=[];for(let{name:p,label:k,needs:v}of e.fields){let _=r.get(p)?.control;tt(_)&&
document.activeElement!==_&&u.push({field:p,message:a.filters.wholeDay});let R=v===void 0?void 0:r.get(v);v!==void 0&&_?.
value.trim()&&R?.control.value.trim()===""&&u.push({field:v,message:a.filters.goesWith(k)})}return u}function d(){if(clearTimeout(
o),o=void 0,!c.isConnected)return;let u=s();re(r,u),u.length>0&&e.announce(u.map(({message:p})=>p).join(" ")),e.changed(
i())}let c=n("form",{class:"filters",novalidate:!0,on:{submit:u=>{u.preventDefault(),d()},focusout:({target:u})=>{nt(u)&&
tt(u)&&r.get(u.name)?.setError(a.filters.wholeDay)},change:({target:u})=>{nt(u)?(clearTimeout(o),o=setTimeout(d,ir)):d()}}},
[...r.values()].map(u=>u.element)),b=n("ul",{class:"chips","aria-label":a.filters.set});function h(u,p){switch(u.kind){case"\
choice":return u.options.find(k=>k.value===p)?.label??p;case"text":return u.say?.(p)??p;default:{let k=Mt(p,u.kind);return k===
void 0?be(p):Zt(je(k)??p)}}}function A(u,p,k){return n("li",{},n("button",{type:"button",class:"chip","aria-label":a.filters.
remove(u,p),on:{click:()=>{let v=new URLSearchParams(t);for(let _ of k)v.delete(_);e.changed(v),(b.querySelector("button")??
x())?.focus()}}},n("span",{class:"chip-label"},`${u}:`),n("span",{dir:"auto",class:"chip-value"},p),X(...qt)))}function x(){
return c.closest("details:not([open])")?.querySelector("summary")??c.querySelector("select, input")}function P(){let u=new URLSearchParams(
t);for(let{name:p}of[...e.fields,...e.others??[]])u.delete(p);e.changed(u),x()?.focus()}function m(){let u=[];for(let p of e.
others??[]){let k=t.get(p.name);k&&u.push(A(p.label,k,[p.name]))}for(let p of e.fields){let k=t.get(p.name);if(k){let v=e.
fields.filter(R=>R.needs===p.name),_=[p.name,...v.map(R=>R.name)];u.push(A(p.label,h(p,k),_))}}u.length>1&&u.push(n("li",
{},n("button",{type:"button",class:"chip clear",on:{click:P}},a.filters.clear))),T(b,u),b.hidden=u.length===0}return{form:c,
chips:b,show(u){let p=t;t=new URLSearchParams(u);for(let k of e.fields){let v=r.get(k.name)?.control;if(v===void 0)continue;
let _=t.get(k.name)??"",R=k.kind==="choice"||k.kind==="text"?_:Mt(_,k.kind)??"",I=k.needs!==void 0&&!t.has(k.needs)&&!p.
has(k.name),K=tt(v)||nt(v)&&o!==void 0,H=document.activeElement===v&&(k.kind==="text"||K);!I&&!H&&v.value!==R&&(v.value=
R)}m()},showViolations(u){let p=new Set(u.map(({field:v})=>v)),k=s().filter(({field:v})=>!p.has(v));return re(r,[...u,...k]).
rest}}}var Pt=2e4,sr=12e4,dr=6e5;function Bn(e){let t=Pt,o,r,i=!1,s=()=>!i&&!document.hidden&&navigator.onLine;function d(){clearTimeout(
o),s()&&(o=setTimeout(()=>{c()},t))}async function c(){if(!s()||r!==void 0)return;let A=new AbortController;r=A;try{t=await e(
A.signal)?Pt:Math.min(t*1.5,sr)}catch(x){if(te(x))return;let P=B(x);if(["unauthorized","forbidden","invalid","malformed",
"not_found"].includes(P.failure)){h();return}t=Math.min(t*2,dr),t=Math.max(t,P.retryAfterMs??0)}finally{r===A&&(r=void 0)}
d()}function b(){s()?(t=Math.max(1e3,Math.min(t,Pt)),d()):(clearTimeout(o),r?.abort(),r=void 0)}function h(){i=!0,clearTimeout(
o),r?.abort(),document.removeEventListener("visibilitychange",b),window.removeEventListener("online",b),window.removeEventListener(
"offline",b)}return document.addEventListener("visibilitychange",b),window.addEventListener("online",b),window.addEventListener(
"offline",b),d(),{stop:h}}var Yn=50,cr=10,zn=250,lr=1e3,ur=Object.keys(a.category),rt=e=>Object.entries(e).map(([t,o])=>({value:t,label:o})),{user:pr,
service:mr,agent:fr}=a.actor,it=[{kind:"choice",name:"related_resource_type",label:a.timeline.recordType,options:rt(a.record),
needs:"related_resource_id"},{kind:"text",name:"related_resource_id",label:a.timeline.recordId,hint:a.timeline.recordHint,
needs:"related_resource_type"},{kind:"choice",name:"actor_type",label:a.timeline.actorType,options:rt({user:pr,service:mr,
agent:fr}),needs:"actor_id"},{kind:"text",name:"actor_id",label:a.timeline.actor,hint:a.timeline.actorHint},{kind:"choic\
e",name:"source",label:a.timeline.source,options:rt(a.source)},{kind:"from",name:"occurred_after",label:a.timeline.from},
{kind:"to",name:"occurred_before",label:a.timeline.to}],Ct=[{kind:"choice",name:"type",label:a.timeline.types,options:rt(
a.category)},...it];function yr(e,t){let o=Ct.find(r=>r.name===e);switch(o?.kind){case"choice":return o.options.find(r=>r.
value===t)?.label??t;case"from":case"to":return be(t);default:return t}}var hr=["query","type",...it.map(({name:e})=>e)];
function Jn(e){let t=new URLSearchParams;for(let o of hr){let r=e.get(o),i=Ct.find(d=>d.name===o),s=i?.kind==="choice";r&&
!(s&&i.options.every(d=>d.value!==r))&&t.set(o,r)}return t}function Xn(e,t,o){let r=new URLSearchParams(e);return r.set(
"limit",String(t)),o!==void 0&&r.set("cursor",o),r}function gr({snippet:e="",summary:t}){return(e.startsWith(t)?e.slice(
t.length):e).trim()}function Zn(e,t){let o=Jn(t.parameters),r,i,s,d,c=Object.entries(e.me.filters??{}),b=new Set(c.map(([
w])=>w)),h=e.me.filters?.type,A=N(n("input",{type:"search",name:"query",placeholder:a.timeline.placeholder,autocomplete:"\
off",autocapitalize:"none",spellcheck:"false",dir:"auto",maxlength:500,on:{input:w=>{x(),w.isComposing||(s=setTimeout(m,
zn))},compositionend:()=>{s=setTimeout(m,zn)}}}),{label:a.timeline.search,class:"search"});function x(){clearTimeout(d),
clearTimeout(s),s=void 0}function P(){return s!==void 0&&A.control.value.trim()!==(o.get("query")??"")}function m(){x();
let w=new URLSearchParams(o),F=A.control.value.trim();if(w.delete("query"),F!==""&&w.set("query",F),w.get("query")===o.get(
"query"))return;let V=o.has("query")!==w.has("query");e.go($([],w),V?"push":"replace")}let u=ot({fields:it.filter(({name:w})=>!b.
has(w)),changed:w=>e.go($([],w)),announce:e.announce}),p=n("span",{class:"badge"}),k=n("details",{class:"more"},n("summa\
ry",{},a.filters.title," ",p),u.form),v=n("div",{class:"types",role:"group","aria-label":a.timeline.types});function _(w){
let F=w===void 0?a.timeline.allTypes:a.category[w];return n("button",{type:"button",class:"type","data-type":w??"",on:{click:()=>{
let V=new URLSearchParams(o);V.delete("type"),w!==void 0&&V.set("type",w),e.go($([],V))}}},w!==void 0&&X(...Le[w]),F)}let R=h===
void 0?ur:[h];T(v,_(void 0),R.map(_)),v.hidden=R.length===1;function I(){A.control.value.trim()!==(o.get("query")??"")&&
(A.control.value=o.get("query")??""),u.show(o),T(M,Y(e,"activity:write")&&S());let w=it.filter(({name:F})=>o.has(F)).length;
T(p,w),p.hidden=w===0;for(let F of v.querySelectorAll("[data-type]")){let V=F.dataset.type===(o.get("type")??"");F.setAttribute(
"aria-pressed",String(V))}}let K=n("p",{class:"empty"},a.timeline.invalid);K.hidden=!0;let H=ye({async load(w,F){let V=await e.
client.searchActivities(Xn(o,Yn,w),F);return K.hidden=!0,A.setError(void 0),u.showViolations([]),{rows:V.activities,next:V.
next_cursor}},render:(w,F)=>Qe(w,F,g),empty:L,end:a.pager.end,announce:e.announce,began(w,F){r={ids:new Set(w.map(({id:V})=>V)),
whole:w.length<Yn},y(0,!1),i?.stop(),F&&(window.history.replaceState(null,""),E())},failed:Z});function Z(w){if(w.failure!==
"invalid")return!1;if(w.fieldErrors.some(({field:oe})=>oe==="cursor"))return window.history.replaceState(null,""),H.restart(),
!0;let F=w.fieldErrors.filter(({field:oe})=>oe==="query"),V=u.showViolations(w.fieldErrors.filter(({field:oe})=>oe!=="qu\
ery"));if(F.length<w.fieldErrors.length&&(k.open=!0),V.length>0)return!1;let ae=()=>{let oe=F.map(ge=>ge.message).join("\
; ");A.setError(oe===""?void 0:oe),K.hidden=!1,e.announce(w.fieldErrors.map(ge=>ge.message).join("; "))},He=F.length>0&&
document.activeElement===A.control;return d=setTimeout(ae,He?lr:0),!0}function g(w){let F=Xe(w),V=gr(w);return n("li",{class:"\
row","data-type":w.type},n("div",{class:"row-kind"},X(...Le[w.type]),n("span",{},a.category[w.type])),n("div",{class:"ro\
w-text"},n("a",{class:"row-title",dir:"auto",href:$(["activities",w.id]),"data-row":w.id,on:{click:ae=>{Ke(ae)||f(w)}}},
w.summary),V!==""&&n("p",{class:"snippet",dir:"auto"},V),n("div",{class:"row-meta"},ee(w,{path:[],parameters:o}),F.map(ae=>Ze(
ae,o)),!e.viewer&&n("span",{class:"source"},a.source[w.source]))),n("div",{class:"row-time"},qe(w.occurred_at)))}function L(){
if(o.size>0)return n("div",{class:"empty"},n("h2",{},a.timeline.nothing),n("p",{},a.timeline.nothingText),n("button",{type:"\
button",on:{click:()=>e.go("#/")}},a.filters.clear));let w=Y(e,"activity:write");return n("div",{class:"empty"},n("h2",{},
a.timeline.empty),n("p",{},e.viewer?a.timeline.emptyViewer:a.timeline.emptyText),!e.viewer&&!w&&n("p",{},a.timeline.emptyReader),
w&&S())}function f(w){let F=H.placeOf(w);window.history.replaceState({place:F,row:w.id},"")}let l=n("div",{class:"fresh"});
function y(w,F){l.hidden=w===0,T(l,w>0&&n("button",{type:"button",class:"primary",on:{click:()=>{H.restart(),window.scrollTo(
{top:0}),U.focus({preventScroll:!0})}}},a.timeline.showFresh(w,F)))}function E(){let w=o.get("occurred_before");if(w!==null&&
Date.parse(w)<Date.now())return;let F=0;i=Bn(async V=>{let ae=r,He=await e.client.searchActivities(Xn(o,cr),V);if(ae===void 0||
ae!==r)return!1;let oe=He.activities,ge=oe.findLastIndex(({id:lt})=>ae.ids.has(lt)),bo=ae.whole||ge<0?oe.length:ge,Oe=oe.
slice(0,bo).filter(({id:lt})=>!ae.ids.has(lt)).length,$t=ge<0&&He.next_cursor!==void 0;return Oe!==F?(F=Oe,y(Oe,$t),e.announce(
a.timeline.fresh(Oe,$t)),!0):!1})}function S(){let w=new URLSearchParams;for(let F of["related_resource_type","related_r\
esource_id"])w.set(F,o.get(F)??"");return hn($(["log"],w),a.nav.log)}let M=n("div"),U=J(a.timeline.title),G=n("div",{class:"\
timeline"},n("div",{class:"page-head"},U,M),c.length>0&&n("div",{class:"notice limits"},n("p",{},a.timeline.limited),n("\
dl",{},c.map(([w,F])=>n("div",{},n("dt",{},Ct.find(V=>V.name===w)?.label??w),n("dd",{},Q(yr(w,F))))))),n("form",{role:"s\
earch",class:"find",on:{submit:w=>{w.preventDefault(),A.control.value.trim()===(o.get("query")??"")?H.restart():m()}}},A.
element,v),k,u.chips,l,n("section",{"aria-label":a.timeline.results},K,H.element)),Re=et(H.element);return I(),y(0,!1),xe(
H,"row"),{title:a.timeline.title,element:G,update(w){let F=o.get("query");if(o=Jn(w.parameters),P()&&o.get("query")===F){
m();return}x(),i?.stop(),I(),xe(H,"row")},stop(){x(),i?.stop(),H.stop(),Re()}}}function It(e,t,o){let r=URL.createObjectURL(new Blob([o],{type:`${t};charset=utf-8`})),i=document.createElement("a");i.
href=r,i.download=e,i.hidden=!0,document.body.appendChild(i),i.click(),i.remove(),setTimeout(()=>URL.revokeObjectURL(r),
0)}var wr=/^(?:[\t\r]|\s*[=+\-@＝＋－＠])/;function br(e){return`"${(wr.test(e)?`'${e}`:e).replaceAll('"','""')}"`}function Qn(e,t){
return`\uFEFF${[e,...t].map(r=>r.map(br).join(",")).join(`\r
`)}\r
`}function eo(e){return e.map(t=>`${JSON.stringify(t)}
`).join("")}var{trail:Ee}=a,to=5e3,vr=100,kr=200;async function _r(e,t,o){let r=[],i;for(let s=0;s<kr&&r.length<to;s+=1){t.throwIfAborted();
let d=Math.min(vr,to-r.length),c=await e(i,d,t);if(r.push(...c.audit_events),i=c.next_cursor,i===void 0)return{events:r,
areMore:!1};o(r.length)}return{events:r,areMore:!0}}function no(e){let t,o=d(Ee.csv,()=>{P("csv")}),r=d(Ee.jsonLines,()=>{
P("jsonl")}),i=d(a.cancel,()=>t?.abort()),s=n("div",{class:"downloaded"});function d(m,u){return n("button",{type:"butto\
n",class:"quiet",on:{click:u}},m)}function c(m){o.hidden=!m,r.hidden=!m}function b(m){t=m,o.disabled=m!==void 0,r.disabled=
m!==void 0,i.hidden=m===void 0}function h(m){T(s,n("p",{},m)),e.announce(m)}function A(m,{events:u,areMore:p}){let k=new Date().
toISOString().replace(/[:.]/g,"-"),v=`audit-trail-${e.workspace}-${k}.${m}`;m==="csv"?It(v,"text/csv",Qn($n,u.map(Dn))):
It(v,"application/x-ndjson",eo(u));let _=u.length.toLocaleString("en");h(p?Ee.downloadedFirst(v,_):Ee.downloaded(v,_,u.length===
1))}function x(m,u){te(u)?h(Ee.downloadStopped):T(s,ne(B(u),()=>{P(m)}))}async function P(m){let u=new AbortController;b(
u),i.focus();try{let p=await _r(e.load,u.signal,k=>T(s,n("p",{},Ee.downloading(k.toLocaleString("en")))));A(m,p)}catch(p){
t===u&&x(m,p)}finally{if(t===u){let p=document.activeElement===i;b(void 0),p&&(m==="csv"?o:r).focus()}}}return c(!1),b(void 0),
{tools:[o,r,i],told:s,show:c,forget(){t?.abort(),b(void 0),T(s)}}}var{trail:W}=a,Tr=["action","resource_type","resource_id","status","error_code","fields","source","api_route","tool_name",
"command","credential_id","client_address","user_agent","request_id","input_hash","tenant_id","id"];function oo(e,t){let o=ze(
e),r=Hn(e.data);return n("li",{class:"row trail-event","data-event":e.id,"data-status":e.status},n("div",{class:"row-kin\
d"},xr(e,t)),n("div",{class:"row-text"},n("p",{class:"trail-title"},ee(e,{path:["trail"],parameters:t.parameters})," ",Se(
t,{action:e.action},W.action,Be(e))),Ar(e,t),o!==void 0&&n("p",{class:"refusal"},o),r.length>0&&n("p",{class:"facts fine"},
r.map(Sr)),n("div",{class:"row-meta fine"},Rr(e,t)),Lr(e,t)),n("div",{class:"row-time"},qe(e.occurred_at)))}function Se({
parameters:e},t,o,r){if(Object.entries(t).every(([d,c])=>e.get(d)===c))return r;let i=new URLSearchParams(e);for(let[d,c]of Object.
entries(t))i.set(d,c);let s=W.only(o,Object.values(t).join(" "));return n("a",{href:$(["trail"],i),title:s},r)}function xr({
status:e},t){let o=n("span",{class:`badge status-${e}`},X(...Yt[e])," ",W.statuses[e]);return Se(t,{status:e},W.status,o)}
function Ar(e,t){let{resource_type:o,resource_id:r}=e;if(r===void 0)return null;let i=[`${W.resources[o]} `,n("code",{dir:"\
auto"},r)],s=Er(e,r,t);return n("p",{class:"about"},Se(t,{resource_type:o,resource_id:r},W.resource,i),s!==void 0&&[" · ",
n("a",{class:"way-on",href:s[0]},s[1])])}function Er(e,t,{mayRead:o}){let r=i=>$(["trail"],new URLSearchParams(i));switch(e.
resource_type){case"activity":return o&&e.status==="succeeded"?[$(["activities",t]),W.openActivity]:void 0;case"resource":{
let[i,s]=On(t)??["",""];if(!o||!Object.hasOwn(a.record,i))return;let d={related_resource_type:i,related_resource_id:s};return[
$([],new URLSearchParams(d)),W.openRecord]}case"actor":return[r({actor_id:t}),W.openActor];case"key":return[r({credential_id:t}),
W.openKey];default:return}}function Sr({label:e,value:t,isTime:o}){return n("span",{},`${e}: `,o?ie(t):Q(t))}function Rr(e,t){
let{source:o,credential_id:r,client_address:i,user_agent:s}=e,d=Je(W.credentials,r),c=d??n("code",{},r);return[n("span",
{},Se(t,{source:o},W.source,W.sources[o])," ",Ye(e)),n("span",{},d===void 0&&`${W.key} `,Se(t,{credential_id:r},W.credential,
c)),i!==void 0&&n("span",{},`${W.client} `,n("code",{},i)),s!==void 0&&n("span",{class:"program",dir:"auto",title:s},s)]}
function Lr(e,t){let o=n("details",{class:"all",on:{toggle:()=>{o.open&&o.children.length===1&&o.append(Mr(e,t))}}},n("s\
ummary",{"data-row":e.id},W.more));return o}function Mr(e,t){let o=[[W.property.occurred_at,_e(e.occurred_at)],[W.property.
occurred_at_utc,n("code",{},Ce(e.occurred_at))]];for(let r of["actor","authenticated_as","on_behalf_of"]){let i=e[r];if(i!==
void 0){let s=n("code",{dir:"auto"},`${i.type}:${i.id}`),d=i.display_name!==void 0&&[Q(i.display_name)," "];o.push([W.property[r],
[d,s]])}}for(let r of Tr){let i=e[r];if(i!==void 0){let s=typeof i=="string"?i:i.join(", "),d=n("code",{dir:"auto"},s),c=()=>Se(
t,{request_id:s},W.request,d);o.push([W.property[r],r==="request_id"?c():d])}}return n("dl",{class:"properties"},o.map(([
r,i])=>[n("dt",{},r),n("dd",{},i)]))}var Pr=50,{trail:D}=a,Cr=e=>e.charAt(0).toUpperCase()+e.slice(1),at=e=>Object.entries(e).map(([t,o])=>({value:t,label:o})),
io=[{kind:"choice",name:"status",label:D.status,options:at(D.statuses)},{kind:"choice",name:"action",label:D.action,options:Object.
entries(D.actions).map(([e,[t]])=>({value:e,label:Cr(t)}))},{kind:"choice",name:"resource_type",label:D.resourceType,options:at(
D.resources)},{kind:"text",name:"resource_id",label:D.resource,hint:D.resourceHint},{kind:"text",name:"actor_id",label:D.
actor,hint:D.actorHint},{kind:"choice",name:"actor_type",label:D.actorType,options:at({user:a.actor.user,service:a.actor.
service,agent:a.actor.agent})},{kind:"text",name:"credential_id",label:D.credential,hint:D.credentialHint},{kind:"text",
name:"request_id",label:D.request,hint:D.requestHint},{kind:"choice",name:"source",label:D.source,options:at(D.sources)},
{kind:"from",name:"occurred_after",label:D.from},{kind:"to",name:"occurred_before",label:D.to}];function ro(e){let t=new URLSearchParams;
for(let{name:o}of io){let r=e.get(o);r&&t.set(o,r)}return t}function ao(e,t){let o=ro(t.parameters),r=!1,i=ot({fields:io,
changed:v=>e.go($(["trail"],v)),announce:e.announce});i.chips.tabIndex=-1;let s=n("span",{class:"badge"}),d=n("details",
{class:"more"},n("summary",{},a.filters.title," ",s),i.form);function c(){i.show(o),T(s,o.size),s.hidden=o.size===0}let b=Y(
e,"activity:read"),h=n("p",{class:"empty"},D.invalid);h.hidden=!0;function A(v,_,R){let I=new URLSearchParams(o);return I.
set("limit",String(v)),_!==void 0&&I.set("cursor",_),e.client.listAuditEvents(I,R)}let x=ye({async load(v,_){let R=await A(
Pr,v,_);return h.hidden=!0,i.showViolations([]),{rows:R.audit_events,next:R.next_cursor}},render:(v,_)=>Qe(v,_,R=>oo(R,{
parameters:o,mayRead:b})),empty:m,end:a.pager.end,announce:e.announce,began(v){u.show(v.length>0),r&&(r=!1,i.chips.focus())},
failed:P});x.element.addEventListener("click",v=>{let{target:_}=v;if(Ke(v))return;let R=_ instanceof Element?_.closest("\
a[href]"):null,I=R?.closest("[data-event]")?.dataset.event,K=x.rows().find(H=>H.id===I);R===null||K===void 0||(window.history.
replaceState({place:x.placeOf(K),row:I},""),r=R.getAttribute("href")?.startsWith("#/trail?")===!0)});function P(v){return u.
show(!1),r=!1,v.failure!=="invalid"?!1:v.fieldErrors.some(({field:_})=>_==="cursor")?(window.history.replaceState(null,""),
x.restart(),!0):i.showViolations(v.fieldErrors).length>0?!1:(d.open=!0,h.hidden=!1,e.announce(v.fieldErrors.map(({message:_})=>_).
join("; ")),!0)}function m(){let v=o.size>0;return n("div",{class:"empty"},n("h2",{},v?D.nothing:D.empty),n("p",{},v?D.nothingText:
D.emptyText),v&&n("button",{type:"button",on:{click:()=>e.go($(["trail"]))}},a.filters.clear))}let u=no({load:(v,_,R)=>A(
_,v,R),workspace:e.me.tenant_id,announce:e.announce}),p=n("div",{class:"timeline"},n("div",{class:"page-head"},n("div",{},
J(D.title),n("p",{class:"lead"},D.lead))),d,i.chips,n("div",{class:"tools"},n("button",{type:"button",class:"quiet",on:{
click:()=>x.restart()}},D.reload),u.tools),u.told,n("section",{"aria-label":D.results},h,x.element)),k=et(x.element);return c(),
xe(x,"event"),{title:D.title,element:p,update(v){o=ro(v.parameters),u.forget(),c(),xe(x,"event")},stop(){u.forget(),k(),
x.stop()}}}var Fe=[{path:[],scope:"activity:read",nav:a.nav.timeline,open:Zn},{path:["activities",":id"],scope:"activity:read",open:Gn},
{path:["log"],scope:"activity:write",action:a.nav.log,open:an},{path:["trail"],scope:"audit:read",nav:a.nav.trail,open:ao},
{path:["keys"],scope:"keys:manage",nav:a.nav.keys,open:In}];var so=0;function co(e){let t=Date.parse(e??"");Number.isNaN(t)||(so=t-Date.now())}function lo(){return Date.now()+so}var Ir=2e4,Fr=3,Hr=400,Or=5e3,Kr={400:"malformed",401:"unauthorized",403:"forbidden",404:"not_found",409:"conflict",413:"\
too_large",422:"invalid",429:"rate_limited",500:"unavailable",502:"unavailable",503:"unavailable",504:"unavailable"};function $r(e){
let t=Number(e.headers.get("retry-after")??Number.NaN);return Number.isFinite(t)&&t>=0?t*1e3:void 0}async function uo(e){
try{return await e.json()}catch(t){if(te(t))throw t;return}}async function Dr(e){let o=(await uo(e))?.error,r={status:e.
status,requestId:e.headers.get("x-request-id")??o?.request_id,requiredScope:o?.required_scope,fieldErrors:o?.field_errors,
retryAfterMs:$r(e)},i=Kr[e.status]??"unexpected";return new z(i,o?.message??e.statusText,r)}async function Nr(e,t){let o=new AbortController,
r=setTimeout(()=>o.abort(),Ir),i=()=>o.abort();t.signal?.addEventListener("abort",i);try{t.signal?.throwIfAborted();let s=t.
parameters?.toString()??"",d=await fetch(s===""?t.path:`${t.path}?${s}`,{method:t.method,headers:{Authorization:`Bearer ${e.
token}`,...e.user===void 0?{}:{"X-USER-ID":Ur(e.user)},...t.body===void 0?{}:{"Content-Type":"application/json"},...t.headers},
body:t.body===void 0?null:JSON.stringify(t.body),cache:"no-store",credentials:"omit",redirect:"error",referrerPolicy:"no\
-referrer",signal:o.signal});if(co(d.headers.get("date")),!d.ok)throw await Dr(d);let c=await uo(d);if(typeof c!="object"||
c===null)throw new z("unexpected","The answer is not JSON.",{status:d.status});return c}catch(s){throw s instanceof z?s:
t.signal?.aborted?new DOMException("nobody waits for the answer","AbortError"):te(s)?new z("timeout","There was no answe\
r in time."):new z("offline","The API could not be reached.")}finally{clearTimeout(r),t.signal?.removeEventListener("abo\
rt",i)}}function Ur(e){return String.fromCharCode(...new TextEncoder().encode(e))}function qr(e,t){return new Promise((o,r)=>{
let i=()=>{clearTimeout(s),r(new DOMException("nobody waits for the answer","AbortError"))},s=setTimeout(()=>{t?.removeEventListener(
"abort",i),o()},e);t?.addEventListener("abort",i,{once:!0})})}function jr(e,t,o){if(!(e instanceof z)||!o.repeatable||t>=
Fr||!["offline","timeout","rate_limited","unavailable"].includes(e.failure)||e.failure==="offline"&&!navigator.onLine)return;
let i=e.retryAfterMs??0;if(i>Or)return;let s=Hr*2**(t-1)*(1+Math.random()/2);return Math.max(i,s)}async function po(e,t){
for(let o=1;;o+=1)try{return await Nr(e,t)}catch(r){let i=jr(r,o,t);if(i===void 0)throw r;await qr(i,t.signal)}}function mo(e,t){async function o(d){try{return await po(e,d)}catch(c){throw c instanceof z&&c.failure==="unauthorized"&&
t(),c}}let r=(d,c,b)=>o({method:"GET",path:d,parameters:c,signal:b,repeatable:!0}),i=(d,c,b,h)=>o({method:"POST",path:d,
body:c,headers:{"Idempotency-Key":b},signal:h,repeatable:!0}),s=new URLSearchParams;return{me:d=>r("v1/me",s,d),searchActivities:(d,c)=>r(
"v1/activities",d,c),getActivity:(d,c)=>r(`v1/activities/${encodeURIComponent(d)}`,s,c),logActivity:(d,c)=>o({method:"PO\
ST",path:"v1/activities",body:d,signal:c,repeatable:!0}),listAuditEvents:(d,c)=>r("v1/audit-events",d,c),listKeys:(d,c)=>r(
"v1/keys",d,c),getKey:(d,c)=>r(`v1/keys/${encodeURIComponent(d)}`,s,c),createKey:(d,c,b)=>i("v1/keys",d,c,b),rotateKey:(d,c,b,h)=>i(
`v1/keys/${encodeURIComponent(d)}/rotate`,c,b,h),revokeKey:(d,c)=>o({method:"DELETE",path:`v1/keys/${encodeURIComponent(
d)}`,signal:c,repeatable:!0})}}var Ht="activity-log.credential",Ot="activity-log.viewer";function dt(e){return e.startsWith("alv_")}function fo(e){try{
return window.sessionStorage.getItem(e)}catch{return null}}function st(e,t){try{t===void 0?window.sessionStorage.removeItem(
e):window.sessionStorage.setItem(e,t)}catch{}}function yo(){try{let{token:e,user:t}=JSON.parse(fo(Ht)??"{}");return typeof e!=
"string"?void 0:typeof t=="string"?{token:e,user:t}:{token:e}}catch{return}}function ho(){return fo(Ot)!==null}function ct(){
st(Ot,void 0)}function Kt(){let e=new URLSearchParams(window.location.hash.slice(1)),t=e.get("viewer_token");if(t===null)
return;st(Ot,"1");let o=(e.get("to")??"").replace(/^#/,"");return window.history.replaceState(null,"",`#${o.startsWith("\
/")?o:"/"}`),dt(t)?{token:t}:"none"}var Wr=1e4;function Ft({expires_at:e}){return e===void 0?Number.POSITIVE_INFINITY:Date.
parse(e)-lo()}function go(e){let t,o="none",r;function i(c){clearTimeout(r),t=void 0,o=c,st(Ht,void 0),e()}function s(c){
clearTimeout(r);let b=Ft(c.me);if(!Number.isFinite(b))return;let h=Math.min(Math.max(b,0),Wr);r=setTimeout(()=>{Ft(c.me)<=
0?i("expired"):s(c)},h)}let d={current:()=>t,ending:()=>o,async signIn(c,b){let h=mo(c,()=>{t?.client===h&&i(Ft(t.me)<=0?
"expired":"refused")}),A=await h.me();return t={client:h,me:A,credential:c,viewer:dt(c.token)},o="none",s(t),st(Ht,b&&!t.
viewer?JSON.stringify(c):void 0),t},async resume(c,b){try{await d.signIn(c,b)}catch(h){if(!(h instanceof z)||h.failure!==
"unauthorized")throw h;t===void 0&&i("refused")}},signOut(){window.history.replaceState(null,"","#/"),i("signed_out")}};
return d}function Vr({path:e}){return Fe.find(t=>t.path.length===e.length&&t.path.every((o,r)=>o.startsWith(":")||o===e[r]))}function Gr(e){
return e===void 0||Y(e,"activity:read")?void 0:Fe.find(({scope:t})=>Y(e,t))}function Br(e){let t=go(()=>P()),o=yn(e,Fe,()=>{
Ve(),t.signOut()}),r,i,s,d=!1,c=0,b=!1;function h(_){let R=t.current();if(R===void 0)return gn({ending:t.ending(),viewer:d,
useKey:m,signIn:u});let I=Vr(_);if(I===void 0)return sn();if(!Y(R,I.scope)){let H=Fe.filter(Z=>Y(R,Z.scope));return dn(I.
scope,R,H)}let K={client:R.client,me:R.me,viewer:R.viewer,announce:o.announce,go:(H,Z)=>r?.go(H,Z)};return I.open(K,_)}function A(_){
let R=Kt();if(R==="none"){k(),A($e(window.location.hash));return}if(R!==void 0){p(R,!1);return}if(b)return;let I=_.path.
length===0?Gr(t.current()):void 0;if(I!==void 0){window.history.replaceState(null,"",$(I.path)),A($e(window.location.hash));
return}if(s!==void 0&&s.join("/")===_.path.join("/")&&i?.update!==void 0){i.update(_);return}s=_.path,i?.stop?.(),i=void 0,
x(h(_),_.path)}function x(_,R){i?.stop?.(),i=_,o.showPage(i,R,c>0),c+=1}function P(){s=void 0,o.showAccount(t.current()),
r!==void 0&&A(r.current())}function m(){d=!1,ct(),P()}async function u(_,R){let I=await t.signIn(_,R);d=I.viewer,ct(),P(),
o.announce(a.signIn.signedIn(Me(I.me.actor)))}async function p(_,R){d=dt(_.token),s=void 0,b=!0,x(cn(),[]);try{await t.resume(
_,R)}catch(I){x(ln(B(I),()=>{p(_,R)}),[]);return}b=!1,k(),P()}function k(){let _=t.current();_!==void 0&&!_.viewer&&(d=!1,
ct())}async function v(){let _=Kt(),R=_==="none"?void 0:_,I=R??yo();d=ho(),o.showAccount(void 0),fn(),I!==void 0&&await p(
I,R===void 0),r=zt(A)}v()}var wo=document.getElementById("app");wo!==null&&Br(wo);
