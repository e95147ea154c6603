//! The pages for browsers: what is handed out, in which form, under which policy, and
//! that nothing else is asked for it.

use activity_log_core::platform::config::{FrameAncestors, WebPages};
use activity_log_core::text::{TextQuery, Word};
use activity_log_tests::client::Answer;
use activity_log_tests::function_process::{FunctionProcess, Outcome};
use activity_log_tests::gateway::{Gateway, Sent};
use activity_log_tests::markdown::root;
use activity_log_tests::pages::{PAGES, addresses_in, assets, folder_of_assets, page, text_of};
use activity_log_tests::stack::Stack;
use http::Method;
use serde_json::Value;

async fn get(stack: &Stack, path: &str, headers: &[(&str, &str)]) -> Answer {
    let call = stack.anonymous(Method::GET, path);
    headers.iter().fold(call, |call, (name, value)| call.header(name, value)).send().await
}

/// The directives of a policy.
fn directives(answer: &Answer) -> Vec<String> {
    let policy = answer.header("content-security-policy");
    policy.split(';').map(|directive| directive.trim().to_owned()).collect()
}

#[tokio::test]
async fn a_page_is_html_that_is_asked_for_again_each_time() {
    let stack = Stack::start().await;
    for path in PAGES {
        let answer = get(&stack, path, &[]).await.expect(200);
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert_eq!(answer.header("cache-control"), "no-cache", "{path}");
        assert_eq!(answer.header("vary"), "Accept-Encoding", "{path}");
        assert!(answer.header("x-request-id").starts_with("req_"), "{path}");
        assert!(text_of(&answer).starts_with("<!doctype html>"), "{path}");
        // Parameters change nothing: whoever links to the pages may add some.
        let linked = get(&stack, &format!("{path}?utm_source=mail&%"), &[]).await.expect(200);
        assert_eq!(linked.body, answer.body, "{path}");
    }
}

#[tokio::test]
async fn a_page_uses_files_of_its_own_origin_wherever_it_is_mounted() {
    let stack = Stack::start().await;
    let folder = folder_of_assets(&stack).await;
    for path in PAGES {
        let text = page(&stack, path).await;
        let addresses = addresses_in(&text);
        assert!(!addresses.is_empty(), "{path}");
        for address in addresses {
            assert!(!address.starts_with('/') && !address.contains(':'), "{path}: {address}");
            if address.starts_with("assets/") {
                let address = format!("/{address}");
                assert!(address.starts_with(&folder), "{path}: {address}");
                get(&stack, &address, &[]).await.expect(200);
            }
        }
        let lower = text.to_lowercase();
        assert!(!lower.contains("{{") && !lower.contains("<style"), "{path}");
        assert!(!lower.contains(" style=") && !lower.contains(" on"), "{path}");
        let scripts = lower.matches("<script").count();
        assert_eq!(lower.matches("></script>").count(), scripts, "{path}: none is inline");
    }
}

#[tokio::test]
async fn a_file_is_kept_for_good_in_whatever_form_it_was_asked_for() {
    let stack = Stack::start().await;
    let folder = folder_of_assets(&stack).await;
    let mut etags = std::collections::BTreeSet::new();
    for asset in assets() {
        let path = format!("{folder}/{}", asset.name);
        let media_type = match asset.name.rsplit('.').next() {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("txt") => "text/plain; charset=utf-8",
            Some("svg") => "image/svg+xml; charset=utf-8",
            _ => panic!("{} has no media type", asset.name),
        };
        let mut bytes_of_identity = 0;
        for (accepted, coding) in
            [("identity", ""), ("gzip, br;q=0", "gzip"), ("gzip;q=0.5, br", "br")]
        {
            let answer = get(&stack, &path, &[("accept-encoding", accepted)]).await.expect(200);
            let kept = answer.header("cache-control");
            assert_eq!(kept, "public, max-age=31536000, immutable", "{path}");
            assert_eq!(answer.header("content-type"), media_type, "{path}");
            assert_eq!(answer.header("vary"), "Accept-Encoding", "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            let encoding = answer.header("content-encoding").to_owned();
            match encoding.as_str() {
                // What compression makes longer is sent as it is.
                "" => bytes_of_identity = answer.body.len(),
                sent => {
                    assert_eq!(sent, coding, "{path} {accepted}");
                    assert!(answer.body.len() < bytes_of_identity, "{path} {accepted}");
                }
            }
            if asset.encoding == if encoding.is_empty() { "identity" } else { &encoding } {
                assert!(answer.body == asset.bytes, "{path} {accepted}");
            }
            etags.insert((answer.header("etag").to_owned(), encoding));
        }
    }
    let names: std::collections::BTreeSet<_> = etags.iter().map(|(etag, _)| etag).collect();
    assert_eq!(names.len(), etags.len(), "no two forms share an ETag: {etags:?}");
    assert!(names.iter().all(|etag| etag.starts_with('"')), "they are strong: {names:?}");
}

#[tokio::test]
async fn a_form_that_is_known_is_not_sent_again() {
    let stack = Stack::start().await;
    let script = format!("{}/app.js", folder_of_assets(&stack).await);
    for path in ["/", "/docs", &script] {
        let first = get(&stack, path, &[("accept-encoding", "br")]).await.expect(200);
        let etag = first.header("etag");
        for known in [etag, &format!("W/{etag}"), &format!("\"x\", {etag}"), "*"] {
            let headers = [("accept-encoding", "br"), ("if-none-match", known)];
            let again = get(&stack, path, &headers).await.expect(304);
            assert!(again.body.is_empty(), "{path} {known}");
            for name in ["etag", "cache-control", "vary", "content-security-policy"] {
                assert_eq!(again.header(name), first.header(name), "{path} {name}");
            }
            assert_eq!(again.header("content-type"), "", "{path}");
            assert_eq!(again.header("content-encoding"), "", "{path}");
        }
        for other in ["\"x\"", "x", ""] {
            let headers = [("accept-encoding", "br"), ("if-none-match", other)];
            let again = get(&stack, path, &headers).await.expect(200);
            assert_eq!(again.body, first.body, "{path} {other}");
        }
        let answer = get(&stack, path, &[("if-none-match", etag)]).await;
        let is_compressed = !first.header("content-encoding").is_empty();
        let expected = if is_compressed { 200 } else { 304 };
        assert_eq!(answer.status, expected, "{path}: another form is not the one that is known");
    }
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let stack = Stack::start().await;
    let script = format!("{}/app.js", folder_of_assets(&stack).await);
    for path in ["/", "/docs", &script] {
        let of_get = get(&stack, path, &[]).await.expect(200);
        let of_head = stack.anonymous(Method::HEAD, path).send().await.expect(200);
        assert!(of_head.body.is_empty(), "{path}");
        let shared = |answer: &Answer| {
            let mut headers = answer.headers.clone();
            headers.remove("x-request-id");
            headers
        };
        assert_eq!(shared(&of_head), shared(&of_get), "{path}");
        let known = stack.anonymous(Method::HEAD, path).header("if-none-match", "*");
        known.send().await.expect(304);
    }
}

#[tokio::test]
async fn what_is_no_page_and_no_file_of_one_is_refused_as_the_api_refuses_it() {
    let stack = Stack::start().await;
    let folder = folder_of_assets(&stack).await;
    let script = format!("{folder}/app.js");
    for path in [
        "//",
        "/docs/",
        "/docs/v1",
        "/index.html",
        "/docs.html",
        "/assets",
        "/assets/",
        &folder,
        &format!("{folder}/"),
        &format!("{folder}/index.html"),
        &format!("{folder}/nothing.js"),
        &format!("{folder}/app.js.br"),
        &format!("{folder}/app.js/"),
        &format!("{folder}/%61pp.js"),
        &format!("{folder}/..%2fassets%2fapp.js"),
        &format!("{folder}/x/app.js"),
        "/assets/00000000000000000000/app.js",
    ] {
        let answer = get(&stack, path, &[]).await.expect(404);
        assert_eq!(answer.error_code(), "resource_not_found", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.json()["error"]["request_id"], answer.header("x-request-id"));
    }
    for path in ["/", "/docs", &script] {
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let answer = stack.anonymous(method, path).body("{").send().await.expect(405);
            assert_eq!(answer.error_code(), "method_not_allowed", "{path}");
            assert_eq!(answer.header("allow"), "GET, HEAD", "{path}");
        }
    }
}

#[tokio::test]
async fn a_page_may_use_its_own_origin_and_nothing_else() {
    let stack = Stack::start().await;
    for path in PAGES {
        let answer = get(&stack, path, &[]).await.expect(200);
        assert_eq!(
            answer.header("content-security-policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
             connect-src 'self'; base-uri 'none'; form-action 'none'; \
             require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'",
            "{path}"
        );
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        for permission in ["camera=()", "geolocation=()", "microphone=()", "payment=()"] {
            assert!(answer.header("permissions-policy").contains(permission), "{path}");
        }
    }
}

#[tokio::test]
async fn those_who_are_named_may_show_the_pages_within_their_own() {
    let named = "https://crm.example.com, https://*.example.org:8443";
    let stack = Stack::start_with(|config| {
        let ancestors = FrameAncestors::parse(Some(named.to_owned()));
        config.pages_frame_ancestors = ancestors.expect("they are origins");
    })
    .await;
    for path in PAGES {
        let answer = get(&stack, path, &[]).await.expect(200);
        let expected = "frame-ancestors https://crm.example.com https://*.example.org:8443";
        assert!(directives(&answer).iter().any(|one| one == expected), "{path}");
        assert!(!answer.headers.contains_key("x-frame-options"), "{path}: it knows no origins");
    }
    let script = format!("{}/app.js", folder_of_assets(&stack).await);
    let directives = directives(&get(&stack, &script, &[]).await);
    assert!(directives.iter().any(|one| one == "frame-ancestors 'none'"), "{directives:?}");
}

#[tokio::test]
async fn where_pages_are_off_their_paths_are_unknown() {
    let stack = Stack::start().await;
    let script = format!("{}/app.js", folder_of_assets(&stack).await);
    let without = Stack::start_with(|config| config.web_pages = WebPages::Off).await;
    for path in ["/", "/docs", &script] {
        for method in [Method::GET, Method::HEAD, Method::POST] {
            let answer = without.anonymous(method.clone(), path).send().await.expect(404);
            if method != Method::HEAD {
                assert_eq!(answer.error_code(), "resource_not_found", "{method} {path}");
            }
        }
    }
    get(&without, "/openapi.json", &[]).await.expect(200);
}

#[tokio::test]
async fn pages_ask_nothing_of_the_table_whoever_looks_at_them() {
    let (stack, engine) = Stack::start_faulty().await;
    let key = stack.service_key("acme").await;
    engine.reset_calls();
    let script = format!("{}/app.js", folder_of_assets(&stack).await);
    for path in ["/", "/docs", &script, "/docs/nothing", "/assets/x/app.js"] {
        for key in [key.as_str(), "alk_acme.0000000000000000.wrong"] {
            let bearer = format!("Bearer {key}");
            drop(get(&stack, path, &[("authorization", &bearer)]).await);
        }
    }
    assert_eq!(engine.calls().len(), 0);
    stack.v1(&key).search(&[]).await.expect(200);
    assert_ne!(engine.calls().len(), 0, "the calls of others are seen");
}

/// What a request to the function as Lambda runs it is answered with.
async fn invoke(function: &mut FunctionProcess, sent: &Sent) -> Value {
    let event = Gateway::HttpApi { stage: "$default" }.event(sent);
    match function.invoke(event.to_string()).await {
        Outcome::Response(answer) => serde_json::from_slice(&answer).expect("it is JSON"),
        Outcome::Error(error) => panic!("{}", String::from_utf8_lossy(&error)),
    }
}

#[tokio::test]
async fn the_function_of_pages_runs_without_region_credentials_and_table() {
    let mut function = FunctionProcess::start("web", &[]).await;
    let page = invoke(&mut function, &Sent::new("GET", "/")).await;
    assert_eq!(page["statusCode"], 200);
    assert_eq!(page["headers"]["content-type"], "text/html; charset=utf-8");
    let gzip = Sent::new("GET", "/docs").header("accept-encoding", "gzip");
    let docs = invoke(&mut function, &gzip).await;
    assert_eq!((&docs["statusCode"], &docs["isBase64Encoded"]), (&200.into(), &true.into()));
    let absent = invoke(&mut function, &Sent::new("GET", "/v1/activities")).await;
    assert_eq!(absent["statusCode"], 404, "it has the pages alone");
    let other = invoke(&mut function, &Sent::new("POST", "/")).await;
    assert_eq!(other["headers"]["allow"], "GET, HEAD");
}

/// The cases that the pages' own tests hold `typed-query.ts` against.
#[test]
fn what_pages_send_while_somebody_types_is_taken_and_finds_more() {
    let path = root().join("functions/web/pages/tests/typed-queries.json");
    let cases = std::fs::read_to_string(path).expect("the cases are there");
    let cases: Value = serde_json::from_str(&cases).expect("they are JSON");
    let of = |name: &str| -> Vec<String> {
        serde_json::from_value(cases[name].clone()).expect("they are texts")
    };
    let finds_beginnings = |query: &TextQuery| {
        let words = query.words().all.iter().flatten().flatten();
        words.into_iter().any(|word| matches!(word, Word::Beginning(_)))
    };
    for typed in of("beginnings") {
        assert!(TextQuery::parse(&typed).is_ok(), "{typed:?}");
        let sent = TextQuery::parse(&format!("{typed}*"));
        assert!(sent.is_ok_and(|query| finds_beginnings(&query)), "{typed:?}");
    }
    for typed in of("as_typed") {
        let with_asterisk = TextQuery::parse(&format!("{typed}*"));
        let is_better = with_asterisk.is_ok_and(|query| finds_beginnings(&query));
        // What is refused as it is may be an operator of which more is to come.
        assert!(!is_better || TextQuery::parse(&typed).is_err(), "{typed:?}");
    }
}
