//! The one registry of identifiers and their prefixes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use uuid::Uuid;

/// The name space of every derived id of this project: uuid-v5 of the DNS name `rettidig.dk`.
const NAMESPACE: Uuid = Uuid::from_u128(0x0f0c_5d4e_93b7_5a5e_8a6e_52d7_1d3a_9c11);

/// Why a text is not an identifier of the wanted kind. Never holds the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {reason}")]
pub struct IdError {
    kind: &'static str,
    reason: &'static str,
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
        #[serde(try_from = "String")]
        #[schemars(with = "String")]
        pub struct $name(String);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl $name {
            /// Reads the identifier.
            pub fn parse(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                let check: fn(&str) -> Option<&'static str> = $check;
                match check(&text) {
                    Some(reason) => Err(IdError { kind: $kind, reason }),
                    None => Ok(Self(text)),
                }
            }

            /// The text of the identifier.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }
    };
}

macro_rules! derived_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        text_id!($(#[$doc])* $name, $prefix, |text| (!text.starts_with(concat!($prefix, "_")))
            .then_some(concat!("starts with ", $prefix, "_")));

        impl $name {
            /// The id of what these parts name: the same parts always give the same id.
            pub fn derive(parts: &[&str]) -> Self {
                let name = parts.join("\u{1f}");
                Self(format!("{}_{}", $prefix, Uuid::new_v5(&NAMESPACE, format!("{}\u{1f}{name}", $prefix).as_bytes()).simple()))
            }
        }
    };
}

macro_rules! digest_key {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        text_id!($(#[$doc])* $name, $prefix, |text| {
            let hex = text.strip_prefix(concat!($prefix, "_")).unwrap_or_default();
            (hex.len() != 32 || !hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
                .then_some(concat!($prefix, "_ and 32 hexadecimal digits"))
        });

        impl $name {
            pub(crate) fn from_digest(digest: &[u8]) -> Self {
                Self(format!("{}_{}", $prefix, hex::encode(&digest[..16])))
            }
        }
    };
}

digest_key!(
    /// A person, without saying who: an HMAC of the CPR number under the deployment's secret.
    PersonKey, "per"
);
digest_key!(
    /// An address, without saying where: an HMAC of its codes.
    AddressKey, "adr"
);

text_id!(
    /// A case (*sag*): one household or person in one scheme at one authority, named by the specialist system.
    /// 1-64 of `A-Z a-z 0-9 . _ : -`; ten digits in a row are refused, because they look like a CPR number. Intake
    /// also refuses one with its hyphen.
    CaseId, "case", check_case
);
text_id!(
    /// A place (*plads*) in an institution, named by the specialist system; the same rules as for a case.
    PlaceId, "place", check_case
);
text_id!(
    /// A facility (*botilbud*), named by the specialist system; the same rules as for a case.
    FacilityId, "facility", check_case
);
text_id!(
    /// A unit (*enhed*) of an authority, named by the specialist system; the same rules as for a case.
    UnitId, "unit", check_case
);
text_id!(
    /// A claim (*krav*) to repayment, named by the benefit system; the same rules as for a case.
    ClaimId, "claim", check_case
);
text_id!(
    /// The authority: the municipality code (*kommunekode*) of four digits.
    AuthorityId, "authority",
    |text| (text.len() != 4 || !text.bytes().all(|b| b.is_ascii_digit())).then_some("a municipality code has four digits")
);

text_id!(
    /// What is charged, as the ERP's item or contract type knows it: `dk-daycare/parental-payment`. 1-64 of
    /// `a-z 0-9 / -`.
    ChargeType, "charge type",
    |text| (text.is_empty() || text.len() > 64 || !text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"/-".contains(&b)))
        .then_some("1 to 64 of a-z 0-9 / -")
);

derived_id!(
    /// An order to the ERP.
    CommandId, "cmd"
);
derived_id!(
    /// A standing order in the ERP (*abonnement*).
    SubscriptionId, "sub"
);
derived_id!(
    /// The amount a payer owes for one period, in one version.
    DeterminationId, "det"
);
derived_id!(
    /// A determination made binding (*afgørelse*).
    DecisionId, "dec"
);
derived_id!(
    /// The citizen's chance to answer (*partshøring*).
    HearingId, "hea"
);
derived_id!(
    /// A letter to a citizen.
    LetterId, "let"
);
derived_id!(
    /// A register event addressed to a case (*advis*).
    NoticeId, "ntc"
);
derived_id!(
    /// A difference between what should be and what is.
    FindingId, "fnd"
);

fn check_case(text: &str) -> Option<&'static str> {
    if text.is_empty() || text.len() > 64 {
        return Some("has 1 to 64 characters");
    }
    if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b)) {
        return Some("holds letters, digits and . _ : - only");
    }
    let digits_in_a_row = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
    (digits_in_a_row >= 10).then_some("holds ten digits in a row, which looks like a CPR number")
}

/// What a register event is about and what a case can follow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Subject {
    /// A person.
    Person(PersonKey),
    /// An address: who moves to it matters to the case that lives there.
    Address(AddressKey),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(key) => key.fmt(f),
            Self::Address(key) => key.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_thing_has_the_same_id_and_another_thing_another() {
        assert_eq!(CommandId::derive(&["a", "b"]), CommandId::derive(&["a", "b"]));
        assert_ne!(CommandId::derive(&["a", "b"]), CommandId::derive(&["ab"]));
        assert_ne!(CommandId::derive(&["a"]).as_str()[4..], LetterId::derive(&["a"]).as_str()[4..]);
        assert!(CommandId::derive(&["a"]).as_str().starts_with("cmd_"));
    }

    #[test]
    fn a_case_id_that_looks_like_a_personal_number_is_refused() {
        assert!(CaseId::parse("K-2105440645").is_err());
        assert!(CaseId::parse("").is_err() && CaseId::parse("a b").is_err());
        assert!(CaseId::parse("DAY-2023-000123").is_ok());
    }

    #[test]
    fn a_subject_reads_back_as_what_it_was() {
        let person = PersonKey::from_digest(&[7; 16]);
        let address = AddressKey::from_digest(&[7; 16]);
        for subject in [Subject::Person(person), Subject::Address(address)] {
            let json = serde_json::to_string(&subject).unwrap();
            assert_eq!(serde_json::from_str::<Subject>(&json).unwrap(), subject);
        }
    }
}
