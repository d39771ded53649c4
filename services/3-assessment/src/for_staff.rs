//! What waits for staff in a case: told as a dead letter behind which nothing waits, and ended by what they do.

use crate::STAGE_NAME;
use domain::Day;
use messages::{DeadLetter, Refused, RefusedAt};

/// Tells it. The same `refusal` names the same thing.
pub fn waits(refusal: String, key: &str, on: Day, code: &str, detail: String) -> DeadLetter {
    DeadLetter::Refused(Refused {
        refusal,
        stage: STAGE_NAME.to_owned(),
        key: key.to_owned(),
        on,
        at: RefusedAt::Case,
        code: code.to_owned(),
        detail,
        parked: false,
    })
}

/// It has ended so.
pub fn ended(refusal: String, key: &str, on: Day, outcome: &str) -> DeadLetter {
    DeadLetter::Settled { refusal, key: key.to_owned(), on, outcome: outcome.to_owned() }
}
