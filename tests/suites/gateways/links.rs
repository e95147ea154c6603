//! What a path has before the routes is taken off it, and links have it again:
//! the stage, the base path of a custom domain, or the configured address. No
//! header of the caller's is part of a link.

use activity_log_core::config::{BasePath, PublicUrl};
use activity_log_tests::gateway::{GATEWAYS, Gateway, Sent};
use activity_log_tests::stack::{Answer, Stack};

use super::Doors;
use crate::contract::note;

const BASE_PATH: &str = "/crm";

async fn doors_below(base_path: &str, public_url: Option<&str>) -> Doors {
    Doors::open_on(Stack::start_with(|config| {
        config.base_path = BasePath::parse(base_path).expect("it is a path");
        config.public_url = public_url.map(|url| PublicUrl::parse(url).expect("it is an address"));
    }))
    .await
}

/// What the links of each kind begin with: both locations and a next page.
async fn prefixes(doors: &Doors, send: impl AsyncFn(Sent) -> Answer) -> [String; 3] {
    let log = doors.bearer(Sent::new("POST", "/v1/activities")).json(&note("x"));
    let log_typed = doors.on_behalf(Sent::new("POST", "/api/activities/site_visit/log-activity"));
    let list = doors.on_behalf(Sent::new("GET", "/api/activities?page_size=1"));
    let location = |answer: Answer| answer.expect(201).header("location").to_owned();
    let links = [
        (location(send(log).await), "/v1/activities/"),
        (
            location(send(log_typed.json(&crate::logged_activity::empty())).await),
            "/api/activities/logged/",
        ),
        (
            send(list).await.expect(200).json()["next"].as_str().expect("a next page").to_owned(),
            "/api/activities?",
        ),
    ];
    links.map(|(link, route)| {
        let (prefix, _) = link.split_once(route).unwrap_or_else(|| panic!("{link}"));
        prefix.to_owned()
    })
}

#[tokio::test]
async fn links_begin_with_what_the_caller_called() {
    let doors = doors_below("", None).await;
    for gateway in GATEWAYS {
        let send = async |sent: Sent| gateway.send(doors.stack(), &sent).await;
        assert_eq!(prefixes(&doors, send).await, [(); 3].map(|()| gateway.prefix()), "{gateway:?}");
    }
    let send = async |sent: Sent| sent.to_console(doors.stack()).await;
    assert_eq!(prefixes(&doors, send).await, ["", "", ""]);
}

#[tokio::test]
async fn a_base_path_is_taken_off_and_links_have_it_again() {
    let doors = doors_below(BASE_PATH, None).await;
    for gateway in [
        Gateway::HttpApiDomain { stage: "$default", key: BASE_PATH },
        Gateway::HttpApiDomain { stage: "prod", key: BASE_PATH },
        Gateway::RestApiDomain { stage: "prod", key: BASE_PATH },
    ] {
        let send = async |sent: Sent| gateway.send(doors.stack(), &sent).await;
        assert_eq!(prefixes(&doors, send).await, [BASE_PATH; 3], "{gateway:?}");
    }
    let below = |sent: Sent| Sent { target: format!("{BASE_PATH}{}", sent.target), ..sent };
    for gateway in GATEWAYS {
        let send = async |sent: Sent| gateway.send(doors.stack(), &below(sent)).await;
        let expected = format!("{}{BASE_PATH}", gateway.prefix());
        assert_eq!(prefixes(&doors, send).await, [(); 3].map(|()| expected.clone()), "{gateway:?}");
    }
    let send = async |sent: Sent| below(sent).to_console(doors.stack()).await;
    assert_eq!(prefixes(&doors, send).await, [BASE_PATH; 3]);
}

#[tokio::test]
async fn a_path_without_the_base_path_is_answered_too() {
    let doors = doors_below(BASE_PATH, None).await;
    for gateway in GATEWAYS {
        let send = async |sent: Sent| gateway.send(doors.stack(), &sent).await;
        // A function URL could be a custom domain's, for all that an event says.
        let expected = match gateway {
            Gateway::FunctionUrl => BASE_PATH.to_owned(),
            _ => gateway.prefix(),
        };
        assert_eq!(prefixes(&doors, send).await, [(); 3].map(|()| expected.clone()), "{gateway:?}");
    }
}

#[tokio::test]
async fn what_only_looks_like_a_stage_or_a_base_path_is_404() {
    let doors = doors_below(BASE_PATH, None).await;
    for target in ["/prod/v1/activities", "/crmx/v1/activities", "/CRM/v1/activities", "/crm"] {
        let sent = doors.bearer(Sent::new("GET", target));
        assert_eq!(doors.assert_equal(&sent).await.status, 404, "{target}");
    }
    // A stage that is named as a route begins.
    for gateway in [Gateway::HttpApi { stage: "v1" }, Gateway::RestApi { stage: "v1" }] {
        let sent = doors.bearer(Sent::new("GET", "/v1/activities"));
        let _ = gateway.send(doors.stack(), &sent).await.expect(200);
        let stage_twice = doors.bearer(Sent::new("GET", "/v1/v1/activities"));
        let _ = gateway.send(doors.stack(), &stage_twice).await.expect(404);
    }
    // A stage that no path can have.
    let odd = Gateway::HttpApi { stage: "a b\u{e9}" };
    let sent = doors.bearer(Sent::new("GET", "/v1/activities"));
    let _ = odd.send(doors.stack(), &sent).await.expect(404);
}

#[tokio::test]
async fn links_begin_with_the_public_address_at_every_door() {
    let address = "https://api.example.com/crm";
    let doors = doors_below(BASE_PATH, Some("https://api.example.com/crm/")).await;
    for gateway in GATEWAYS {
        let send = async |sent: Sent| gateway.send(doors.stack(), &sent).await;
        assert_eq!(prefixes(&doors, send).await, [address; 3], "{gateway:?}");
    }
    let send = async |sent: Sent| sent.to_console(doors.stack()).await;
    assert_eq!(prefixes(&doors, send).await, [address; 3]);
}

#[tokio::test]
async fn no_header_of_the_caller_is_part_of_a_link() {
    let doors = doors_below("", None).await;
    let forged = |sent: Sent| {
        sent.header("host", "evil.example")
            .header("forwarded", "host=evil.example;proto=https")
            .header("x-forwarded-host", "evil.example")
            .header("x-forwarded-prefix", "/evil")
            .header("x-original-uri", "https://evil.example/")
    };
    for gateway in GATEWAYS {
        let send = async |sent: Sent| gateway.send(doors.stack(), &forged(sent)).await;
        assert_eq!(prefixes(&doors, send).await, [(); 3].map(|()| gateway.prefix()), "{gateway:?}");
    }
    let send = async |sent: Sent| forged(sent).to_console(doors.stack()).await;
    assert_eq!(prefixes(&doors, send).await, ["", "", ""]);
}
