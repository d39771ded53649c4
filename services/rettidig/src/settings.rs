//! The authority's choices and the stages' settings: one YAML file.

use crate::cli::WrongInput;
use anyhow::Result;
use assessment::Assessment;
use domain::AuthorityId;
use invoicing::{Invoicing, InvoicingSettings};
use reconciliation::{Reconciliation, ReconciliationSettings};
use routing::{Routing, Strategy};
use schemes::dk_daycare;
use schemes::dk_daycare::letter::Authority;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What a settings file can hold; what is left out has the default that each stage documents.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Daycare: what the law leaves open.
    daycare: dk_daycare::Settings,
    /// Invoicing.
    invoicing: InvoicingSettings,
    /// Reconciliation.
    reconciliation: ReconciliationSettings,
    /// How authorities sign their letters, by municipality code.
    authorities: BTreeMap<String, Authority>,
    /// An advis strategy file, beside the settings file or absolute.
    advis_strategy: Option<PathBuf>,
}

impl Settings {
    /// Reads the file; the defaults where none is named.
    pub fn read(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else { return Ok(Self::default()) };
        let wrong = |problem: String| WrongInput(format!("the settings file {}: {problem}", path.display()));
        let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        let mut settings: Self = serde_saphyr::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if let (Some(file), Some(folder)) = (&settings.advis_strategy, path.parent()) {
            settings.advis_strategy = Some(folder.join(file));
        }
        Ok(settings)
    }

    /// Routing under the named advis strategy.
    pub fn routing(&self) -> Result<Routing> {
        let strategy = match &self.advis_strategy {
            None => Strategy::built_in(),
            Some(path) => {
                let unreadable = |error| WrongInput(format!("{} cannot be read: {error}", path.display()));
                Strategy::load(&fs::read_to_string(path).map_err(unreadable)?)
            }
        };
        Ok(Routing::new(strategy.map_err(|error| WrongInput(error.to_string()))?))
    }

    /// Assessment under the daycare settings.
    pub fn assessment(&self) -> Result<Assessment> {
        let authorities = self
            .authorities
            .iter()
            .map(|(code, authority)| Ok((AuthorityId::parse(code.clone())?, authority.clone())))
            .collect::<Result<_, domain::IdError>>()
            .map_err(|error| WrongInput(format!("authorities: {error}")))?;
        Ok(Assessment::new(self.daycare.clone(), authorities)
            .map_err(|error| WrongInput(error.to_string()))?)
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
