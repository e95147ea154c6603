//! What `seal` signs with: keys of AWS KMS, over their wire protocol.

use std::time::Duration;

use activity_log_core::app::seal_events::Sealer;
use activity_log_core::domain::clock::{Environment, SystemEnvironment};
use activity_log_core::domain::principal::TenantId;
use activity_log_core::lambda::{Invocation, InvocationError};
use activity_log_core::trail::note::SignedNote;
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::client::v1::note;
use activity_log_tests::key_service::StubKms;
use activity_log_tests::lambda::invocation;
use activity_log_tests::stack::Stack;
use fn_seal::{SignerError, connect_local};
use serde_json::{Value, json};

const TENANT: &str = "acme";

/// A stack with an event to seal.
async fn stack() -> Stack {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key(TENANT).await);
    v1.log(&note("to be sealed")).await.expect(201);
    stack
}

/// Seals all that there is, within some time.
async fn seal(stack: &Stack, sealer: &Sealer, left: Duration) -> Result<Value, InvocationError> {
    let deadline = SystemEnvironment.now().expect("the clock is right").plus(left);
    let request = invocation(&json!({ "tenant_id": TENANT }).to_string());
    let request = Invocation { deadline: Some(deadline), ..request };
    let answer = fn_seal::handle(&stack.ctx, sealer, request).await?;
    Ok(serde_json::to_value(answer).expect("an answer has a JSON form"))
}

#[tokio::test]
async fn each_key_of_kms_signs_what_is_sealed_with_a_signature_that_anybody_can_verify() {
    let (stack, kms) = (stack().await, StubKms::start().await);
    let (one, other) = (kms.make_key(), kms.make_key());
    let arns = [one.0.clone(), other.0.clone()];
    let sealer = connect_local(&kms.url, &arns).await.expect("they are keys of Ed25519");
    let answer = seal(&stack, &sealer, Duration::from_secs(30)).await.expect("it is done");
    assert_eq!((&answer["sealed"], &answer["finished"]), (&json!(1), &json!(true)));

    let tenant = TenantId::parse(TENANT).expect("it is valid");
    let log = &stack.ctx.config.audit_log;
    let seals = stack.ctx.store.seals_before(&tenant, log.generation, None, 10).await;
    let seals = seals.expect("they are read");
    let signed = SignedNote::parse(&seals[0].note).expect("it is a note");
    let keys = sealer.verifier_keys(&log.origin(&tenant));
    assert_eq!(keys.len(), 2);
    for key in &keys {
        signed.verify(key).expect("it has signed");
    }
    let operations: Vec<String> = kms.calls().into_iter().map(|(operation, _)| operation).collect();
    assert_eq!(operations, ["GetPublicKey", "GetPublicKey", "Sign", "Sign"]);
}

#[tokio::test]
async fn nothing_starts_without_a_key_of_ed25519() {
    let kms = StubKms::start().await;
    let (arn, _) = kms.make_key();
    let message = async |arns: &[String]| {
        connect_local(&kms.url, arns).await.expect_err("nobody can sign").to_string()
    };
    assert_eq!(message(&[]).await, "AUDIT_SIGNING_KEY_ARNS must name the key that signs");
    let other = "arn:aws:kms:us-east-1:000000000000:key/rsa".to_owned();
    let expected =
        format!("{other} is no key of Ed25519: its key spec must be ECC_NIST_EDWARDS25519");
    assert_eq!(message(&[arn.clone(), other]).await, expected);
    kms.refuse(Some((400, "DisabledException")));
    let error = connect_local(&kms.url, &[arn]).await.expect_err("the key is off");
    assert!(matches!(error, SignerError::Kms(_)));
    let expected = "GetPublicKey failed: DisabledException (request id stub-request)";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn a_key_that_refuses_is_asked_again_and_told_of_by_its_code_alone() {
    let (stack, kms) = (stack().await, StubKms::start().await);
    let (arn, _) = kms.make_key();
    let sealer = connect_local(&kms.url, &[arn]).await.expect("it is a key of Ed25519");
    kms.refuse(Some((400, "KMSInvalidStateException")));
    let (log, guard) = CapturedLog::start();
    let refused = seal(&stack, &sealer, Duration::from_secs(3)).await;
    drop(guard);
    assert_eq!(refused.expect_err("nobody signs").code, "unavailable");
    let lines = log.fields_with("backlog not sealed");
    let error = lines[0]["error"].as_str().expect("it is text");
    assert!(error.contains("Sign failed: KMSInvalidStateException"), "{error}");
    // The service has quoted what it was sent.
    assert!(!error.contains("KMSInvalidStateException: "), "{error}");
    assert!(kms.calls().len() > 3, "it was asked again");

    kms.refuse(None);
    let answer = seal(&stack, &sealer, Duration::from_secs(30)).await.expect("it is done");
    assert_eq!(answer["sealed"], 1);
}

#[tokio::test]
async fn a_signature_that_is_none_is_not_put() {
    let (stack, kms) = (stack().await, StubKms::start().await);
    let (arn, _) = kms.make_key();
    let sealer = connect_local(&kms.url, &[arn]).await.expect("it is a key of Ed25519");
    kms.cut_signatures();
    let refused = seal(&stack, &sealer, Duration::from_secs(2)).await;
    assert_eq!(refused.expect_err("it is no signature").code, "unavailable");
    let keys = stack.keys_in_table().await;
    assert!(!keys.iter().any(|(pk, _)| pk.contains("#SEAL#")), "{keys:?}");
}
