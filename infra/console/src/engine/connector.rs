//! How the SDK's client reaches an engine that has no address: in this process,
//! or at the socket of another one.

use std::path::{Path, PathBuf};

use activity_log_core::store::client::connect_through;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use hyperlocal::UnixConnector;

use super::service::Service;

/// A client of an engine in this process.
pub(super) fn in_process(service: &Service) -> Client {
    connect(InProcess(service.clone()))
}

/// A client of the engine that listens at a socket.
pub(crate) fn at_socket(path: &Path) -> Client {
    let client = legacy::Client::builder(TokioExecutor::new()).build(UnixConnector);
    connect(AtSocket { path: path.to_owned(), client })
}

fn connect(connector: impl HttpConnector + 'static) -> Client {
    let connector = SharedHttpConnector::new(connector);
    connect_through(http_client_fn(move |_, _| connector.clone()))
}

#[derive(Debug)]
struct InProcess(Service);

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let service = self.0.clone();
        HttpConnectorFuture::new(async move {
            let (head, body) = whole(request)?.into_parts();
            answered(service.answer(&head.headers, body).await)
        })
    }
}

#[derive(Debug)]
struct AtSocket {
    path: PathBuf,
    client: legacy::Client<UnixConnector, Full<Bytes>>,
}

impl HttpConnector for AtSocket {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let uri = hyperlocal::Uri::new(&self.path, "/").into();
        let client = self.client.clone();
        HttpConnectorFuture::new(async move {
            let mut request = whole(request)?.map(Full::new);
            *request.uri_mut() = uri;
            let lost = |error| ConnectorError::io(Box::new(error));
            let (head, body) = client.request(request).await.map_err(lost)?.into_parts();
            let body = body.collect().await.map_err(|error| ConnectorError::io(error.into()))?;
            answered(Response::from_parts(head, body.to_bytes()))
        })
    }
}

/// A request with its body, which is always whole with DynamoDB.
fn whole(request: HttpRequest) -> Result<Request<Bytes>, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let (head, body) = request.into_parts();
    let bytes = body.bytes().map(Bytes::copy_from_slice);
    let bytes = bytes.ok_or_else(|| ConnectorError::user("the body is streamed".into()))?;
    Ok(Request::from_parts(head, bytes))
}

fn answered(response: Response<Bytes>) -> Result<HttpResponse, ConnectorError> {
    response
        .map(SdkBody::from)
        .try_into()
        .map_err(|error| ConnectorError::other(Box::new(error), None))
}
