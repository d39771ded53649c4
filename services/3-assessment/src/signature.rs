//! How an authority signs its letters: one name, and for each scheme who answers for it.

use messages::Scheme;
use schemars::JsonSchema;
use schemes::dk_daycare::letter::Authority;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How an authority signs its letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Its name: `Eksempel Kommune`.
    pub name: String,
    /// How to reach it.
    pub contact: String,
    /// How to complain about a decision (*klagevejledning*).
    pub complaint: String,
    /// What stands in the letters of a scheme instead, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "schema::OfSchemes")]
    pub schemes: BTreeMap<Scheme, SchemeSignature>,
}

/// What stands in the letters of a scheme instead; what is left out is the authority's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemeSignature {
    /// How to reach who answers for the scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// How to complain about a decision of the scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complaint: Option<String>,
}

impl Signature {
    /// As it signs the letters of a scheme.
    pub fn of(&self, scheme: Scheme) -> Authority {
        let own = self.schemes.get(&scheme).cloned().unwrap_or_default();
        Authority {
            name: self.name.clone(),
            contact: own.contact.unwrap_or_else(|| self.contact.clone()),
            complaint: own.complaint.unwrap_or_else(|| self.complaint.clone()),
        }
    }

    /// Whether something that stands in letters is empty.
    pub fn lacks_a_text(&self) -> bool {
        let own = self.schemes.values().flat_map(|own| [&own.contact, &own.complaint]).flatten();
        own.chain([&self.name, &self.contact, &self.complaint]).any(|text| text.trim().is_empty())
    }
}

/// An object with a key for each scheme, which a schema does not make of a map by itself.
mod schema {
    use super::SchemeSignature;
    use messages::Scheme;
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    use serde_json::{Map, Value};
    use std::borrow::Cow;

    pub struct OfSchemes;

    impl JsonSchema for OfSchemes {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            "OfSchemes".into()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let own = generator.subschema_for::<SchemeSignature>().to_value();
            let properties: Map<String, Value> =
                Scheme::ALL.map(|scheme| (scheme.name().to_owned(), own.clone())).into_iter().collect();
            json_schema!({"type": "object", "properties": properties, "additionalProperties": false})
        }
    }
}
