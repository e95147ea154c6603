//! Where the routes begin in the path of an event, and what links have before
//! them.
//!
//! | called at | the path has | links begin with |
//! | --- | --- | --- |
//! | an HTTP API's own name | stage | stage |
//! | a custom domain of an HTTP API, a function URL | stage, but not the key of a mapping | base path |
//! | a REST API's own name | nothing | stage |
//! | a custom domain of a REST API | the key of the mapping | base path |
//! | anything else | what the caller wrote | base path, where it was written |

use crate::config::BasePath;
use crate::http::Request;

/// What a gateway makes of the path that was called.
#[derive(Debug)]
pub(super) enum Mount {
    /// It is what the caller wrote.
    AsCalled,
    /// It is below a stage that the caller wrote.
    Stage(BasePath),
    /// It is what the caller wrote behind the stage.
    BehindStage(BasePath),
    /// It is below a stage, where the caller wrote the key of a mapping.
    StageForKey(BasePath),
}

impl Mount {
    pub(super) fn of_http_api(stage: Option<&str>, name: Option<&str>) -> Self {
        if is_own(name) { Self::Stage(path_of(stage)) } else { Self::StageForKey(path_of(stage)) }
    }

    pub(super) fn of_rest_api(stage: Option<&str>, name: Option<&str>) -> Self {
        if is_own(name) { Self::BehindStage(path_of(stage)) } else { Self::AsCalled }
    }

    /// Leaves the path from the routes on, and notes what links begin with.
    pub(super) fn place(&self, mut request: Request, base_path: &BasePath) -> Request {
        if let Self::Stage(stage) | Self::StageForKey(stage) = self
            && let Some(path) = stage.strip_from(&request.path)
        {
            request.path = path.to_owned();
        }
        if let Self::Stage(stage) | Self::BehindStage(stage) = self {
            stage.as_str().clone_into(&mut request.prefix);
        }
        let mut request = request.below(base_path);
        if let Self::StageForKey(_) = self {
            base_path.as_str().clone_into(&mut request.prefix);
        }
        request
    }
}

/// `$default`, which no path has, is not one either.
fn path_of(stage: Option<&str>) -> BasePath {
    stage.and_then(|stage| BasePath::parse(&format!("/{stage}"))).unwrap_or_default()
}

/// Whether a request came by the name that API Gateway gave to the API. An event
/// without a name is of no custom domain.
fn is_own(name: Option<&str>) -> bool {
    name.is_none_or(|name| name.contains(".execute-api."))
}
