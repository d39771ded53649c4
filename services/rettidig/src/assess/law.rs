//! The parameters of every scheme: those built in, or those of a directory in their place.

use crate::cli::WrongInput;
use anyhow::{Context, Result, bail};
use schemes::{Parameters, dk_cash_repayment, dk_daycare, dk_placement, dk_temporary_housing, se_childcare};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The law under which cases are assessed.
pub struct Law {
    pub(super) daycare: Parameters,
    pub(super) placement: Parameters,
    pub(super) housing: Parameters,
    pub(super) repayment: dk_cash_repayment::Parameters,
    pub(super) childcare: Parameters,
}

/// The files of a parameter directory.
const DAYCARE: &str = "dk-daycare.yaml";
const PLACEMENT: &str = "dk-placement.yaml";
const HOUSING: &str = "dk-temporary-housing.yaml";
const CHILDCARE: &str = "se-childcare.yaml";
const REPAYMENT: &str = "dk-cash-repayment.yaml";
const REPAYMENT_TABLE: &str = "dk-cash-repayment-table.csv";
const FILES: [&str; 6] = [DAYCARE, PLACEMENT, HOUSING, REPAYMENT, REPAYMENT_TABLE, CHILDCARE];
/// The largest parameter file, bytes: far above a century of tables.
const FILE_MAX: u64 = 10_000_000;

impl Law {
    /// The law as this version knows it.
    pub fn built_in() -> Result<Self> {
        Ok(Self {
            daycare: dk_daycare::parameters()?,
            placement: dk_placement::parameters()?,
            housing: dk_temporary_housing::parameters()?,
            repayment: dk_cash_repayment::parameters()?,
            childcare: se_childcare::parameters()?,
        })
    }

    /// The law with the files of a directory in place of the built-in ones of the same name. A file of another name
    /// is refused: it would change nothing without a word.
    pub fn changed(directory: &Path) -> Result<Self> {
        let wrong = |problem: String| WrongInput(format!("{}: {problem}", directory.display()));
        let files = read(directory)?;
        let built_in = Self::built_in()?;
        let load = |name: &str, scheme: &str, built_in: Parameters| -> Result<Parameters> {
            let Some(text) = files.get(name) else { return Ok(built_in) };
            let parameters = Parameters::load(text).map_err(|error| wrong(error.to_string()))?;
            match parameters.scheme() == scheme {
                true => Ok(parameters),
                false => bail!(wrong(format!("{name} is of the scheme {}", parameters.scheme()))),
            }
        };
        let daycare = load(DAYCARE, dk_daycare::SCHEME, built_in.daycare)?;
        let placement = load(PLACEMENT, dk_placement::SCHEME, built_in.placement)?;
        let housing = load(HOUSING, dk_temporary_housing::SCHEME, built_in.housing)?;
        let childcare = load(CHILDCARE, se_childcare::SCHEME, built_in.childcare)?;
        let repayment = match (files.get(REPAYMENT), files.get(REPAYMENT_TABLE)) {
            (None, None) => built_in.repayment,
            (Some(values), Some(table)) => dk_cash_repayment::Parameters::load(values, table)
                .map_err(|error| wrong(error.to_string()))?,
            _ => bail!(wrong(format!("{REPAYMENT} and {REPAYMENT_TABLE} belong together; put both there"))),
        };
        Ok(Self { daycare, placement, housing, repayment, childcare })
    }
}

/// The files of a directory, by name.
fn read(directory: &Path) -> Result<BTreeMap<String, String>> {
    let wrong = |problem: String| WrongInput(format!("{}: {problem}", directory.display()));
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory).map_err(|error| wrong(error.to_string()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !FILES.contains(&name.as_str()) {
            bail!(wrong(format!("{name} is no parameter file of a scheme")));
        }
        if entry.metadata()?.len() > FILE_MAX {
            bail!(wrong(format!("{name} is larger than {FILE_MAX} bytes")));
        }
        let text = fs::read_to_string(entry.path()).with_context(|| format!("{name} cannot be read"))?;
        files.insert(name, text);
    }
    if files.is_empty() {
        bail!(wrong("holds no parameter file".to_owned()));
    }
    Ok(files)
}
