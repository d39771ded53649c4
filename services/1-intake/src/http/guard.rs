//! Who may push.

use super::Problem;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The shortest token that is accepted, in characters.
const TOKEN_CHARACTERS_MIN: usize = 16;

/// The hash of the token: hashes have one length, so that comparing them takes the same time for every guess.
#[derive(Clone)]
pub(super) struct Token([u8; 32]);

impl Token {
    pub(super) fn new(token: &SecretString) -> Option<Self> {
        let token = token.expose_secret();
        (token.chars().count() >= TOKEN_CHARACTERS_MIN).then(|| Self(Sha256::digest(token).into()))
    }

    fn is(&self, shown: &str) -> bool {
        self.0.ct_eq(Sha256::digest(shown).as_slice()).into()
    }
}

/// 401 without a bearer token, 403 with a wrong one.
pub(super) async fn guard(State(token): State<Token>, request: Request, next: Next) -> Response {
    let shown = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown =
        shown.and_then(|value| value.split_once(' ')).filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
    match shown {
        None => {
            let problem = Problem::new(StatusCode::UNAUTHORIZED, "show a token: Authorization: Bearer …");
            ([(header::WWW_AUTHENTICATE, "Bearer")], problem).into_response()
        }
        Some((_, shown)) if !token.is(shown.trim()) => {
            Problem::new(StatusCode::FORBIDDEN, "the token is not the one this service was given")
                .into_response()
        }
        Some(_) => next.run(request).await,
    }
}
