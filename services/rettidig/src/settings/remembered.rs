//! Under which settings a data directory was last worked on.

use super::Settings;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

/// The file that says it, every key with what held.
const FILE: &str = "settings.json";

/// The same while it is written.
const PART: &str = ".settings.json.part";

/// Notes in a data directory that it is worked on under these settings. Gives the keys that were other ones before.
pub fn remember(settings: &Settings, data: &Path) -> Result<Vec<String>> {
    let path = data.join(FILE);
    let now = serde_json::to_value(settings)?;
    let before = match fs::read(&path) {
        Ok(text) => {
            serde_json::from_slice(&text).with_context(|| format!("{} is no JSON", path.display()))?
        }
        Err(_) => now.clone(),
    };
    if before == now && path.exists() {
        return Ok(Vec::new());
    }
    let part = data.join(PART);
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&part)?;
        file.write_all(format!("{now:#}\n").as_bytes())?;
        file.sync_all()?;
        fs::rename(&part, &path)
    };
    write().with_context(|| format!("{} cannot be written", path.display()))?;
    let mut changed = Vec::new();
    differing("", &before, &now, &mut changed);
    Ok(changed)
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
    fn a_directory_tells_which_settings_are_others_than_last_time() {
        let data = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            let file = data.path().join("settings.yaml");
            fs::write(&file, text).unwrap();
            Settings::read(Some(&file)).unwrap()
        };
        let remember = |settings: &Settings| remember(settings, data.path()).unwrap();
        assert!(remember(&Settings::default()).is_empty(), "the first ones are no change");
        let other = read(
            "daycare: {hearing_days: 21}\nauthorities: {\"0101\": {name: a, contact: b, complaint: c}}\n",
        );
        assert_eq!(remember(&other), ["authorities.0101", "daycare.hearing_days"]);
        assert!(remember(&other).is_empty());
        assert_eq!(remember(&Settings::default()), ["authorities.0101", "daycare.hearing_days"]);
    }
}
