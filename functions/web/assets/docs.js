var y=[["select.content-type",()=>"Media type"],[".content-type-wrapper select",()=>"Media type"],["select.examples-sele\
ct-element",()=>"Example"],["[data-param-name] :is(select, input, textarea)",w],["textarea.body-param__text",()=>"Reques\
t body"],[".responses-table[role='region']",e=>`Responses of ${u(e)}`],[".information-container",()=>"About the API"],["\
.scheme-container",()=>"Authorization"],[".modal-ux",()=>"Authorize"],[".close-modal",()=>"Close"],[".authorization__btn",
e=>`Authorize ${u(e)}`]],E="pre, .table-container, .responses-inner",A=[["h3","2"],["h4","3"],["h5","4"]];function w(e){
return e.closest("[data-param-name]")?.getAttribute("data-param-name")??""}function u(e){let t=e.closest(".opblock")?.querySelector(
".opblock-summary");return[".opblock-summary-method",".opblock-summary-path"].map(r=>t?.querySelector(r)?.textContent??"").
join(" ")}var v=["bearer","X-API-KEY"];function S(e){let t=e.querySelector("h4 code")?.textContent??"",n=e.querySelector(
"input");n===null||t===""||(n.setAttribute("aria-label",t),n.setAttribute("autocomplete","off"),n.id=`auth-${t}-value`,e.
querySelector("label")?.setAttribute("for",n.id),v.includes(t)&&(n.type="password"))}function x(e){for(let[t,n]of y)for(let r of e.
querySelectorAll(t))r.hasAttribute("aria-label")||r.setAttribute("aria-label",n(r));for(let[t,n]of A)for(let r of e.querySelectorAll(
t))r.setAttribute("role","heading"),r.setAttribute("aria-level",n);for(let t of e.querySelectorAll(".information-contain\
er, .scheme-container"))t.setAttribute("role","region");for(let t of e.querySelectorAll(".modal-ux"))t.setAttribute("rol\
e","dialog"),t.setAttribute("aria-modal","true");for(let t of e.querySelectorAll(".auth-container"))S(t);for(let t of e.
querySelectorAll(".auth-btn-wrapper [aria-label]"))t.removeAttribute("aria-label");for(let t of e.querySelectorAll(E))t.
setAttribute("tabindex","0")}function m(e){let t=!1,n=null,r;e.addEventListener("focusin",({target:s})=>{s instanceof HTMLElement&&
s.closest(".modal-ux")===null&&(r=s)});function o(){let s=e.querySelector(".modal-ux");s===null&&n!==null&&document.activeElement===
document.body&&r?.focus(),n=s}new MutationObserver(()=>{t||(t=!0,requestAnimationFrame(()=>{t=!1,x(e),o()}))}).observe(e,
{childList:!0,subtree:!0})}function k({name:e,in:t,required:n}){return n===!0&&!(t==="path"&&/(^|_)id$/.test(e))}function q(e){let{example:t,description:n}=e;
t===void 0||k(e)||(delete e.example,e.description=`${n??""} Example: \`${String(t)}\``.trim())}function p(e,t){for(let i of Object.
values(e.paths))for(let{parameters:s=[]}of Object.values(i))s.forEach(q);let{bearer:n,...r}=e.components?.securitySchemes??
{},o={...e.components,securitySchemes:{bearer:n,...r}};return{...e,components:o,servers:[{url:t.href.replace(/\/$/,"")}]}}var L=/`([^`]+)`|\*\*([^*]+)\*\*|<i>([^<]+)<\/i>|\[([^\]]+)\]\((https:\/\/[^\s)]+)\)/g,l=/^\s*[*-] +/;function d(e,t){let n=[],
r=0;for(let o of t.matchAll(L)){let[i,s,a,c,b,g]=o;o.index>r&&n.push(t.slice(r,o.index)),s!==void 0?n.push(e.createElement(
"code",null,s)):a!==void 0?n.push(e.createElement("strong",null,a)):c!==void 0?n.push(e.createElement("i",null,c)):n.push(
e.createElement("a",{href:g,rel:"noreferrer"},b)),r=o.index+i.length}return r<t.length&&n.push(t.slice(r)),n}function M(e,t){
if(!l.test(t[0]??""))return e.createElement("p",null,...d(e,t.join(`
`)));let n=[];for(let o of t)l.test(o)?n.push(o.replace(l,"")):n.push(`${n.pop()??""} ${o.trim()}`);let r=o=>e.createElement(
"li",null,...d(e,o));return e.createElement("ul",null,...n.map(r))}function f(e){return({source:t,className:n=""})=>{if(typeof t!=
"string"||t.trim()==="")return null;let r=t.trim().split(/\n\s*\n/);return e.createElement("div",{className:`markdown ${n}`},
...r.map(o=>M(e,o.split(`
`))))}}var h=e=>{let t=document.getElementById(e);if(!t)throw new Error(`docs.html has no ${e}`);return t};function $(){let e=matchMedia(
"(prefers-color-scheme: dark)"),t=()=>document.documentElement.classList.toggle("dark-mode",e.matches);e.addEventListener(
"change",t),t()}async function D(){let e=await fetch("openapi.json",{headers:{Accept:"application/json"}});if(!e.ok)throw new Error(
`the server answered with ${e.status}`);return await e.json()}function I(e){let t=h("docs");m(t),window.SwaggerUIBundle(
{spec:p(e,new URL(".",document.baseURI)),domNode:t,deepLinking:!0,defaultModelsExpandDepth:0,displayRequestDuration:!0,persistAuthorization:!1,
validatorUrl:null,plugins:[({React:n})=>({wrapComponents:{Markdown:()=>f(n),DeepLink:()=>({text:r})=>n.createElement("sp\
an",null,r)}})]})}async function C(){let e=h("docs-state");try{I(await D()),e.remove()}catch(t){let n=t instanceof Error?
t.message:String(t),r=document.createElement("p");r.setAttribute("role","alert"),r.textContent=`The description of the A\
PI can't be shown: ${n}. Reload the page to try again.`,e.querySelector("[role=status]")?.replaceWith(r)}}$();C();
