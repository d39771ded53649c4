//! The JSON Schema of each scheme's case, as `rettidig schemas` writes it.

use super::case::SCHEMES;
use super::{childcare, daycare, housing};
use schemars::{JsonSchema, schema_for};
use schemes::{dk_cash_repayment, dk_daycare, dk_placement, dk_temporary_housing, se_childcare};
use serde_json::{Value, json};

/// Every schema: the name of its file and its content.
pub fn files() -> Vec<(String, String)> {
    SCHEMES
        .into_iter()
        .filter_map(|scheme| of(scheme).map(|schema| (scheme, schema)))
        .map(|(scheme, schema)| {
            let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
            (format!("assess-{scheme}.schema.json"), text + "\n")
        })
        .collect()
}

/// The schema of a scheme's case; `None` for a name that is no scheme.
pub fn of(scheme: &str) -> Option<Value> {
    match scheme {
        dk_daycare::SCHEME => Some(named::<daycare::Case>(scheme)),
        dk_placement::SCHEME => Some(named::<dk_placement::Input>(scheme)),
        dk_temporary_housing::SCHEME => Some(named::<housing::Case>(scheme)),
        dk_cash_repayment::SCHEME => Some(named::<dk_cash_repayment::Input>(scheme)),
        se_childcare::SCHEME => Some(named::<childcare::Case>(scheme)),
        _ => None,
    }
}

/// The schema of the facts with the name of the scheme beside them.
fn named<T: JsonSchema>(scheme: &str) -> Value {
    let mut schema = schema_for!(T).to_value();
    if let Some(Value::Object(keys)) = schema.get_mut("properties") {
        keys.insert("scheme".to_owned(), json!({"const": scheme, "description": "The scheme."}));
    }
    match schema.get_mut("required") {
        Some(Value::Array(required)) => required.push(json!("scheme")),
        _ => schema["required"] = json!(["scheme"]),
    }
    schema["title"] = json!(format!("A case of {scheme}"));
    schema
}
