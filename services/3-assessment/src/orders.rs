//! Which orders a case has applied: the same id has effect once, and stands for one order only.

use messages::{CaseCommand, CaseOrder};
use runtime::Refusal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// How many orders a case can have in its life: a guard against a sender in a loop.
const ORDERS_MAX: usize = 5_000;

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

    /// Whether it has been applied. Another order under the same id is refused, and so is one too many.
    pub fn has(&self, command: &CaseCommand) -> Result<bool, Refusal> {
        match self.0.get(&command.id) {
            None if self.0.len() >= ORDERS_MAX => {
                Err(Refusal::new("too_many_orders", format!("a case has at most {ORDERS_MAX} orders")))
            }
            None => Ok(false),
            Some(known) if known.is_empty() || *known == fingerprint(command)? => Ok(true),
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

/// What tells an order from another one. Empty for a delivery, of which the first report counts.
fn fingerprint(command: &CaseCommand) -> Result<String, Refusal> {
    if matches!(command.order, CaseOrder::LetterDelivered { .. }) {
        return Ok(String::new());
    }
    let written = serde_json::to_vec(command).map_err(|error| {
        Refusal::new("unwritable_order", format!("it cannot be written as JSON ({:?})", error.classify()))
    })?;
    Ok(hex::encode(&Sha256::digest(written)[..FINGERPRINT_BYTES]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_that_were_kept_as_a_list_of_ids_are_read() {
        let orders: Orders = serde_json::from_str(r#"["a","b"]"#).unwrap();
        assert_eq!(orders.len(), 2);
        let written = serde_json::to_string(&orders).unwrap();
        assert_eq!(serde_json::from_str::<Orders>(&written).unwrap(), orders);
    }
}
