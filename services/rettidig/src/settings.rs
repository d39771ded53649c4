//! The authority's choices and the stages' settings: one YAML file.

mod remembered;

use crate::cli::WrongInput;
use anyhow::{Error, Result, bail};
use assessment::{Assessment, HousingSettings, LawEnd, RepaymentSettings, Signature};
use domain::{AuthorityId, Day};
use invoicing::{Invoicing, InvoicingSettings};
use reconciliation::{Reconciliation, ReconciliationSettings};
use routing::{Routing, Strategy};
use schemars::{JsonSchema, schema_for};
use schemes::dk_daycare;
use schemes::se_childcare;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What a settings file can hold; what is left out has the default that each stage documents.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Daycare: what the law leaves open.
    daycare: dk_daycare::Settings,
    /// Temporary housing: what the council chooses.
    temporary_housing: HousingSettings,
    /// Repayment of cash assistance: what the law leaves open.
    cash_repayment: RepaymentSettings,
    /// Swedish childcare: the municipality's tariff.
    swedish_childcare: se_childcare::Settings,
    /// Invoicing.
    invoicing: InvoicingSettings,
    /// Reconciliation.
    reconciliation: ReconciliationSettings,
    /// How authorities sign their letters, by municipality code.
    authorities: BTreeMap<String, Signature>,
    /// An advis strategy file, beside the settings file or absolute.
    advis_strategy: Option<PathBuf>,
}

/// So many days ahead it is told that the law's figures end.
const LAW_AHEAD_DAYS: u64 = 100;

/// So many days after their end it is still told.
const LAW_BEHIND_DAYS: u64 = 365;

/// The name of the schema of a settings file, and the schema with every default.
pub fn schema() -> (String, String) {
    let text = serde_json::to_string_pretty(&schema_for!(Settings)).unwrap_or_default();
    ("settings.schema.json".to_owned(), text + "\n")
}

impl Settings {
    /// Reads and checks the file; the defaults where none is named.
    pub fn read(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else { return Ok(Self::default()) };
        let wrong = |problem: String| WrongInput(format!("the settings file {}: {problem}", path.display()));
        let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        let mut settings = Self::parse(&text).map_err(|error| wrong(error.to_string()))?;
        if let (Some(file), Some(folder)) = (&settings.advis_strategy, path.parent()) {
            settings.advis_strategy = Some(folder.join(file));
        }
        settings.check().map_err(|error| wrong(error.to_string()))?;
        Ok(settings)
    }

    /// Reads the text of a file, and checks nothing but its form.
    pub fn parse(yaml: &str) -> Result<Self> {
        Ok(serde_saphyr::from_str(yaml)?)
    }

    /// Fails where a stage would not start with what it is given, with everything that is wrong.
    fn check(&self) -> Result<()> {
        let mut wrong: Vec<String> = Vec::new();
        for (code, signature) in &self.authorities {
            if signature.lacks_a_text() {
                wrong.push(format!(
                    "authorities: {code}: name, contact and complaint stand in letters: none is empty"
                ));
            }
        }
        let of_stages = [
            self.routing().err(),
            self.assessment().err(),
            self.invoicing().err(),
            self.reconciliation().err(),
        ];
        wrong.extend(of_stages.iter().flatten().map(Error::to_string));
        if !wrong.is_empty() {
            bail!(WrongInput(wrong.join("; ")));
        }
        Ok(())
    }

    /// Whether no authority is named: then letters are signed by the municipality code.
    pub fn signs_for_nobody(&self) -> bool {
        self.authorities.is_empty()
    }

    /// What may be meant as it stands, and may be a slip.
    pub fn doubts(&self) -> Result<Vec<String>> {
        let layout = intake::cpr::Layout::load()?;
        let (strategy, built_in) = (self.strategy()?, Strategy::built_in()?);
        // The list of codes is not complete: those of the strategy that comes with the program are right.
        let known: BTreeSet<&str> = built_in.codes().collect();
        let unknown = strategy.codes().filter(|code| !layout.knows_event(code) && !known.contains(code));
        Ok(unknown
            .map(|code| {
                format!("the advis strategy names {code}, which is no event code of the register known here")
            })
            .collect())
    }

    /// What somebody should know who begins to work on a data directory under these settings, which it remembers. Others
    /// than last time must be accepted.
    pub fn begin(&self, data: &Path, accepted: bool) -> Result<Vec<String>> {
        let mut told = self.doubts()?;
        let changed = remembered::remember(self, data, accepted)?;
        if !changed.is_empty() {
            told.push(format!(
                "other settings than last time hold from now on for {}: {}",
                data.display(),
                changed.join(", ")
            ));
        }
        Ok(told)
    }

    /// What of the law is not known for the months that are determined up to this day and in the hundred days after it.
    pub fn law_ends(&self, until: Day) -> Result<Vec<String>> {
        let later = until + chrono::Days::new(LAW_AHEAD_DAYS);
        // What ended longer ago was repealed.
        let since = until - chrono::Days::new(LAW_BEHIND_DAYS);
        let mut figures: BTreeMap<(String, Day), Vec<String>> = BTreeMap::new();
        for LawEnd { scheme, last, figure } in self.assessment()?.law_ends(since, later) {
            figures.entry((scheme, last)).or_default().push(figure);
        }
        let told = |((scheme, last), figures): ((String, Day), Vec<String>)| {
            format!(
                "figures of {scheme} are known up to {last} ({}): cases that need later ones stand still until a version of \
                 this program has them",
                figures.join(", ")
            )
        };
        Ok(figures.into_iter().map(told).collect())
    }

    fn strategy(&self) -> Result<Strategy> {
        let strategy = match &self.advis_strategy {
            None => Strategy::built_in(),
            Some(path) => {
                let unreadable = |error| WrongInput(format!("{} cannot be read: {error}", path.display()));
                Strategy::load(&fs::read_to_string(path).map_err(unreadable)?)
            }
        };
        Ok(strategy.map_err(|error| WrongInput(error.to_string()))?)
    }

    /// Routing under the named advis strategy.
    pub fn routing(&self) -> Result<Routing> {
        Ok(Routing::new(self.strategy()?))
    }

    /// Assessment under the settings of each scheme.
    pub fn assessment(&self) -> Result<Assessment> {
        let authorities = self
            .authorities
            .iter()
            .map(|(code, signature)| Ok((AuthorityId::parse(code.clone())?, signature.clone())))
            .collect::<Result<_, domain::IdError>>()
            .map_err(|error| WrongInput(format!("authorities: {error}")))?;
        let wrong = |error: schemes::Error| WrongInput(error.to_string());
        let assessment = Assessment::new(self.daycare.clone(), authorities).map_err(wrong)?;
        let assessment = assessment.with_housing(self.temporary_housing.clone()).map_err(wrong)?;
        let assessment = assessment.with_repayment(self.cash_repayment.clone()).map_err(wrong)?;
        Ok(assessment.with_childcare(self.swedish_childcare.clone()).map_err(wrong)?)
    }

    /// Invoicing.
    pub fn invoicing(&self) -> Result<Invoicing> {
        Ok(Invoicing::new(self.invoicing.clone()).map_err(|error| WrongInput(error.to_string()))?)
    }

    /// Reconciliation.
    pub fn reconciliation(&self) -> Result<Reconciliation> {
        Ok(Reconciliation::new(self.reconciliation.clone()).map_err(|error| WrongInput(error.to_string()))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use messages::Scheme;
    use serde_json::Value;

    /// An authority, up to what its schemes say.
    const OF_SCHEMES: &str = "authorities: {\"0101\": {name: a, contact: b, complaint: c, schemes: ";

    #[test]
    fn what_the_schema_gives_as_a_range_is_what_the_program_takes() {
        let (_, schema) = schema();
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let takes = |part: &str, key: &str, number: i64| {
            let settings = Settings::parse(&format!("{part}: {{{key}: {number}}}"));
            settings.is_ok_and(|settings| settings.check().is_ok())
        };
        let mut ranges = 0;
        for part in [
            "daycare",
            "temporary_housing",
            "cash_repayment",
            "swedish_childcare",
            "invoicing",
            "reconciliation",
        ] {
            let name = schema["properties"][part]["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
            for (key, of_key) in schema["$defs"][name]["properties"].as_object().unwrap() {
                let (Some(min), Some(max)) = (of_key["minimum"].as_i64(), of_key["maximum"].as_i64()) else {
                    assert_ne!(of_key["type"], "integer", "{part}.{key} has no range");
                    continue;
                };
                ranges += 1;
                assert!(takes(part, key, min) && takes(part, key, max), "{part}.{key}: {min} to {max}");
                assert!(
                    !takes(part, key, min - 1) && !takes(part, key, max + 1),
                    "{part}.{key}: {min} to {max}"
                );
            }
        }
        assert!(ranges > 12, "{ranges}");
    }

    #[test]
    fn the_end_of_the_laws_figures_is_told_ahead() {
        let told = |on: &str| Settings::default().law_ends(on.parse().unwrap()).unwrap();
        let of = |on: &str, scheme: &str| -> Vec<String> {
            told(on).into_iter().filter(|told| told.contains(scheme)).collect()
        };
        let known_to = |on: &str, scheme: &str, last: &str| {
            let told = of(on, scheme);
            assert!(told.len() == 1 && told[0].contains(&format!("known up to {last} (")), "{on}: {told:?}");
        };
        assert_eq!(of("2024-05-01", "dk-daycare"), [""; 0]);
        assert_eq!(of("2024-05-01", "se-childcare"), [""; 0]);
        for on in ["2026-11-26", "2027-01-05"] {
            known_to(on, "dk-daycare", "2026-12-31");
            known_to(on, "dk-cash-repayment", "2026-12-31");
            known_to(on, "se-childcare", "2025-12-31");
            known_to(on, "dk-temporary-housing", "2023-12-31");
        }
        known_to("2025-10-15", "se-childcare", "2025-12-31");
        known_to("2025-06-01", "dk-cash-repayment", "2024-12-31");
    }

    #[test]
    fn a_settings_file_may_hold_what_its_schema_says_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("settings.yaml");
        let (_, page) = include_str!("../README.md").split_once("```yaml\n# yaml-language-server").unwrap();
        let example = page.split_once("```").unwrap().0;
        fs::write(&file, format!("#{example}")).unwrap();
        let settings = Settings::read(Some(&file)).unwrap();
        assert_eq!(settings.authorities.len(), 1);
        let signs = |scheme| settings.authorities["0101"].of(scheme);
        assert!(signs(Scheme::DkDaycare).contact.starts_with("Pladsanvisningen"));
        assert!(signs(Scheme::DkTemporaryHousing).contact.starts_with("Egenbetaling"));
        let (debtor, other) = (signs(Scheme::DkCashRepayment), signs(Scheme::DkDaycare));
        assert!(debtor.contact.starts_with("Opkrævning") && debtor.complaint != other.complaint);
        settings.assessment().unwrap();
        fs::write(&file, format!("{OF_SCHEMES}{{dk-dagtilbud: {{contact: d}}}}}}}}\n")).unwrap();
        let refused = Settings::read(Some(&file)).unwrap_err().to_string();
        assert!(refused.contains("dk-dagtilbud"), "{refused}");
        assert!(Scheme::ALL.iter().all(|scheme| refused.contains(scheme.name())), "{refused}");
        fs::write(&file, format!("{OF_SCHEMES}{{dk-daycare: {{contact: ' '}}}}}}}}\n")).unwrap();
        let refused = Settings::read(Some(&file)).unwrap_err().to_string();
        assert!(refused.contains("0101: name, contact and complaint stand in letters"), "{refused}");
        fs::write(&file, "authorities: {\"12\": {name: a, contact: b, complaint: c}}\n").unwrap();
        let refused = Settings::read(Some(&file)).unwrap_err().to_string();
        assert!(
            refused.contains("settings.yaml: authorities: ") && refused.contains("four digits"),
            "{refused}"
        );
        fs::write(&file, "daycare:\n  hearing_dayz: 14\n").unwrap();
        let refused = Settings::read(Some(&file)).unwrap_err().to_string();
        assert!(refused.contains("hearing_dayz") && refused.contains("line 2"), "{refused}");

        let (_, schema) = schema();
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let defaults = serde_json::to_value(Settings::default()).unwrap();
        let of_schemes = &schema["$defs"]["Signature"]["properties"]["schemes"]["properties"];
        assert_eq!(of_schemes.as_object().unwrap().len(), Scheme::ALL.len());
        let names = |keys: &Value| keys.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&schema["properties"]), names(&defaults));
        for part in ["daycare", "cash_repayment", "invoicing", "reconciliation"] {
            let of_part = &schema["properties"][part];
            let name = of_part["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
            assert_eq!(names(&schema["$defs"][name]["properties"]), names(&defaults[part]), "{part}");
            assert_eq!(of_part["default"], defaults[part], "{part}");
        }
    }
}
