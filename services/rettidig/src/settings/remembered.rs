//! Under which settings a data directory was last worked on.

use super::Settings;
use crate::cli::WrongInput;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

/// The file that says it, every key with what held.
const FILE: &str = "settings.json";

/// The same while it is written.
const PART: &str = ".settings.json.part";

/// Notes in a data directory that it is worked on under these settings. Others than last time are refused, unless they are
/// accepted: then it gives the keys that have changed.
pub fn remember(settings: &Settings, data: &Path, accepted: bool) -> Result<Vec<String>> {
    let path = data.join(FILE);
    let now = as_remembered(settings)?;
    let before = match fs::read(&path) {
        Ok(text) => {
            let before: Value =
                serde_json::from_slice(&text).with_context(|| format!("{} is no JSON", path.display()))?;
            // A key that was not known then had its default.
            let known = serde_json::from_value::<Settings>(before.clone());
            known.ok().and_then(|known| serde_json::to_value(known).ok()).unwrap_or(before)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => now.clone(),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
    };
    if before == now && path.exists() {
        return Ok(Vec::new());
    }
    let mut changed = Vec::new();
    differing("", &before, &now, &mut changed);
    if !accepted && !changed.is_empty() {
        bail!(WrongInput(format!(
            "{} was worked on under other settings: {}. Name the same file with --settings, or say \
             --accept-changed-settings: months that were decided are then decided anew by the new ones",
            data.display(),
            changed.join(", ")
        )));
    }
    let part = data.join(PART);
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&part)?;
        file.write_all(format!("{now:#}\n").as_bytes())?;
        file.sync_all()?;
        fs::rename(&part, &path)?;
        File::open(data)?.sync_all()
    };
    write().with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(changed)
}

/// The settings, with the text of the advis strategy in place of where it lies.
fn as_remembered(settings: &Settings) -> Result<Value> {
    let mut now = serde_json::to_value(settings)?;
    if let Some(file) = &settings.advis_strategy {
        let text = fs::read_to_string(file);
        now["advis_strategy"] = text.with_context(|| format!("{} cannot be read", file.display()))?.into();
    }
    Ok(now)
}

/// The paths of the values that differ.
fn differing(at: &str, before: &Value, now: &Value, paths: &mut Vec<String>) {
    let (Value::Object(old), Value::Object(new)) = (before, now) else {
        if before != now {
            paths.push(at.to_owned());
        }
        return;
    };
    for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
        let value = |object: &serde_json::Map<String, Value>| object.get(key).cloned().unwrap_or(Value::Null);
        differing(&path, &value(old), &value(new), paths);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_takes_other_settings_than_last_time_only_where_they_are_accepted() {
        let data = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            let file = data.path().join("settings.yaml");
            fs::write(&file, text).unwrap();
            Settings::read(Some(&file)).unwrap()
        };
        let refused = |settings: &Settings| remember(settings, data.path(), false).unwrap_err().to_string();
        let remember = |settings: &Settings| remember(settings, data.path(), true).unwrap();
        assert!(remember(&Settings::default()).is_empty(), "the first ones are no change");
        let other = read(
            "daycare: {hearing_days: 21}\nauthorities: {\"0101\": {name: a, contact: b, complaint: c}}\n",
        );
        assert!(refused(&other).contains("authorities.0101, daycare.hearing_days"), "{}", refused(&other));
        assert!(remember(&Settings::default()).is_empty(), "what was refused is not remembered");
        assert_eq!(remember(&other), ["authorities.0101", "daycare.hearing_days"]);
        assert!(remember(&other).is_empty());
        assert_eq!(remember(&Settings::default()), ["authorities.0101", "daycare.hearing_days"]);
    }
}
