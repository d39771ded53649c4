//! Which orders a case has applied: the same id has effect once, and stands for one order only.

use messages::{CaseCommand, CaseOrder};
use runtime::Refusal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// How many orders a case can have in its life: a guard against a sender in a loop.
const ORDERS_MAX: usize = 5_000;

/// The code of an order beyond them. What a sender in a loop sends is kept behind it.
pub const TOO_MANY: &str = "too_many_orders";

/// What begins a fingerprint. Another way of taking them has another one.
const VERSION: &str = "1:";

/// How much of an order's SHA-256 is kept, in bytes: an id that is used twice is a slip and no attack.
const FINGERPRINT_BYTES: usize = 8;

/// Applied orders: by id, the fingerprint of what was ordered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct Orders(BTreeMap<String, String>);

/// As a state has it. Before fingerprints were kept, a list of ids.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    Ids(BTreeSet<String>),
    Fingerprints(BTreeMap<String, String>),
}

impl From<Kept> for Orders {
    fn from(kept: Kept) -> Self {
        Self(match kept {
            Kept::Ids(ids) => ids.into_iter().map(|id| (id, String::new())).collect(),
            Kept::Fingerprints(fingerprints) => fingerprints,
        })
    }
}

impl Orders {
    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none was ever applied.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it has been applied. Another order under the same id is refused, and so is one too many, with those that are
    /// kept of other authorities.
    pub fn has(&self, command: &CaseCommand, of_others: usize) -> Result<bool, Refusal> {
        match self.0.get(&command.id) {
            None if self.0.len() + of_others >= ORDERS_MAX => {
                Err(Refusal::new(TOO_MANY, format!("a case has at most {ORDERS_MAX} orders")))
            }
            None => Ok(false),
            // Kept by an earlier or a later version, a fingerprint tells nothing.
            Some(known) if !known.starts_with(VERSION) || *known == fingerprint(command)? => Ok(true),
            Some(_) => Err(Refusal::new(
                "order_id_reused",
                "another order of this case came under the same id, and has effect: send this one under an id of its own",
            )),
        }
    }

    /// Notes that it has been applied.
    pub fn note(&mut self, command: &CaseCommand) -> Result<(), Refusal> {
        self.0.insert(command.id.clone(), fingerprint(command)?);
        Ok(())
    }
}

/// What tells an order from another one: what is ordered, whoever says it and when. Of a delivery, the letter.
fn fingerprint(command: &CaseCommand) -> Result<String, Refusal> {
    let written = match &command.order {
        CaseOrder::LetterDelivered { letter, .. } => Ok(letter.as_str().into()),
        order => serde_json::to_vec(order),
    };
    let written = written.map_err(|error| {
        Refusal::new("unwritable_order", format!("it cannot be written as JSON ({:?})", error.classify()))
    })?;
    Ok(format!("{VERSION}{}", hex::encode(&Sha256::digest(written)[..FINGERPRINT_BYTES])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_that_were_kept_as_a_list_of_ids_are_read_and_known_whatever_they_were() {
        let (id, command) = example("end-place");
        let orders: Orders = serde_json::from_value(serde_json::json!([id, "b"])).unwrap();
        assert_eq!((orders.len(), orders.has(&command, 0)), (2, Ok(true)));
        let written = serde_json::to_string(&orders).unwrap();
        assert_eq!(serde_json::from_str::<Orders>(&written).unwrap(), orders);
    }

    fn example(kind: &str) -> (String, CaseCommand) {
        let place = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/case.commands/examples");
        let text = std::fs::read_to_string(format!("{place}/{kind}.json")).unwrap();
        let body: messages::Body<CaseCommand> = serde_json::from_str(&text).unwrap();
        (body.data.id.clone(), body.data)
    }

    /// A fingerprint that changes would make every order that comes once more another one: then [`VERSION`] changes, too.
    #[test]
    fn the_fingerprints_of_the_published_examples_stay_what_they_are() {
        let kinds =
            ["open-case", "set-household", "place-child", "change-place", "end-place", "apply-subsidy"];
        let kept = kinds.map(|kind| fingerprint(&example(kind).1).unwrap());
        let expected = [
            "1:6369a0872d8eec24",
            "1:edf37615aa5d31ce",
            "1:1f0ba3bf9f115e67",
            "1:cbc7126302733330",
            "1:3d8192a267fc50a8",
            "1:a304a4442f0b03f5",
        ];
        assert_eq!(kept, expected);
    }
}
