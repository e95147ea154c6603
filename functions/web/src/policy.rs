//! What a browser may do with the pages, and nothing more.

use activity_log_core::platform::config::FrameAncestors;
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Files and calls of the page's own origin and nothing else, and no text that becomes
/// markup: not even `/docs` needs more.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";
/// A file that is opened by itself, such as an image, does nothing.
const FILE: &str = "default-src 'none'; frame-ancestors 'none'";

const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
/// What a page could ask its reader for, or use without being asked for it. It writes to
/// the clipboard, which stays as it is: allowed to the page, and not within another's.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), \
     display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), \
     hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), \
     picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), \
     usb=(), xr-spatial-tracking=()";

/// Adds the headers of a page.
pub(crate) fn of_page(headers: &mut HeaderMap, ancestors: &FrameAncestors) {
    of_all(headers);
    let policy = format!("{PAGE}; frame-ancestors {ancestors}");
    let policy = HeaderValue::try_from(policy).expect("origins are visible ASCII");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    if ancestors.is_empty() {
        // For browsers that don't know the policy.
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    headers.insert(CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(PERMISSIONS));
}

/// Adds the headers of a file that pages use.
pub(crate) fn of_file(headers: &mut HeaderMap) {
    of_all(headers);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(FILE));
    headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
}

fn of_all(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}
