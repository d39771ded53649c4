//! The report of a run: what was due, what was invoiced, what was found.

mod balance;
mod debtors;
mod findings;
mod table;

use self::debtors::Debtors;
use crate::dead_letters::refusals;
use crate::states;
use anyhow::Result;
use domain::{Currency, Day, Money};
use eventlog::{Log, Received};
use messages::{Alert, AlertState, Body, Content, Finding, FindingClass, FindingState, Topic, header};
use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::Store;

pub use balance::{Balance, balance};
pub use findings::write_findings;
pub use table::grouped;

/// How many records or states are read at a time.
const PAGE: usize = 2_000;

/// What has happened, in figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Messages on `register.events`.
    pub register_events: u64,
    /// Notices.
    pub notices: Notices,
    /// Determinations, each version.
    pub determinations: u64,
    /// Hearings.
    pub hearings: Hearings,
    /// Orders to the ERP by kind.
    pub commands: BTreeMap<String, u64>,
    /// Documents in the ERP's ledger.
    pub documents: u64,
    /// expected = confirmed + credited + exempt + open, of what is charged in Danish kroner.
    pub obligations: Obligations,
    /// The same of what is charged in each other currency.
    #[serde(default)]
    pub in_other_currencies: BTreeMap<String, Obligations>,
    /// The same equation for each charge type.
    #[serde(default)]
    pub by_charge_type: BTreeMap<String, Obligations>,
    /// Residents of temporary housing who live without a decision, and are not charged.
    #[serde(default)]
    pub undecided: Undecided,
    /// Claims to repayment by how they stand, and what was registered of them.
    #[serde(default)]
    pub claims: BTreeMap<String, Share>,
    /// Agreements on instalments of a repayment, one a debtor, by how they stand: together all that were made.
    #[serde(default)]
    pub agreements: BTreeMap<String, u64>,
    /// Instalments of them that are not paid, by what has been done about them.
    #[serde(default)]
    pub arrears: BTreeMap<String, Share>,
    /// What of `open` belongs to months that begin after the last day: determined in advance, not to be billed yet.
    pub open_in_advance: Share,
    /// What the ERP has posted on another month or payer than was ordered, or what nobody ordered, in Danish kroner: its
    /// ledger has it, and the equation does not.
    #[serde(default)]
    pub misposted: Share,
    /// Findings by class.
    pub findings: BTreeMap<String, Findings>,
    /// Causes of which staff were alerted. One that comes again is one.
    pub alerts: u64,
    /// Messages and lines that were ever refused. One that is requeued and refused again is one.
    pub dead_letters: u64,
    /// What is refused, or what a case lacks, and waits for a person.
    pub refused_open: u64,
    /// Keys that wait for a person.
    pub parked_keys: u64,
    /// Calls to the outside that nobody has taken yet, by stage: tried again with the next day.
    pub calls_waiting: BTreeMap<String, u64>,
    /// Input files.
    pub files: Files,
    /// Seconds of real time that the run took.
    pub elapsed_s: f64,
}

/// Notices by state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Notices {
    /// Ever opened.
    pub opened: u64,
    /// With an outcome.
    pub closed: u64,
    /// Without.
    pub open: u64,
}

/// Hearings by state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Hearings {
    /// Ever opened.
    pub opened: u64,
    /// Ended.
    pub closed: u64,
}

fn danish() -> Currency {
    Currency::DKK
}

/// The equation, over all authorities, charge types and periods of one currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Obligations {
    /// What the amounts are in.
    #[serde(default = "danish")]
    pub currency: Currency,
    /// What was determined, exempted or not. Each payer's month is counted once here and once in the four below.
    pub expected: Share,
    /// Kroner: the sum of the charges that the ERP has posted. Count: the months that charges alone settle.
    pub confirmed: Share,
    /// Kroner: the sum of the credits that the ERP has posted, below zero. Count: the months that are settled with a
    /// credit among the documents.
    pub credited: Share,
    /// What is lawfully not charged.
    pub exempt: Share,
    /// What is not billed yet, or billed too much when below zero. Count: the months that are not settled.
    pub open: Share,
}

impl Default for Obligations {
    fn default() -> Self {
        let [expected, confirmed, credited, exempt, open] = std::array::from_fn(|_| Share::default());
        Self { currency: Currency::DKK, expected, confirmed, credited, exempt, open }
    }
}

/// Residents who live without a decision.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Undecided {
    /// How many.
    pub residents: u64,
    /// Since when the one who has waited longest.
    #[schemars(with = "Option<String>")]
    pub since: Option<Day>,
}

/// A number of obligations and their kroner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Share {
    /// How many.
    pub count: u64,
    /// Kroner, two decimals.
    pub amount: String,
}

/// The file that describes a report, and its content.
pub fn schema() -> (String, String) {
    let mut schema = schema_for!(Report).to_value();
    schema["title"] = serde_json::json!("The report of a run");
    let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    ("report.schema.json".to_owned(), text + "\n")
}

impl Default for Share {
    fn default() -> Self {
        Self { count: 0, amount: Money::zero(Currency::DKK).to_text() }
    }
}

/// Findings of a class.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Findings {
    /// Ever opened.
    pub opened: u64,
    /// Ended by evidence.
    pub resolved: u64,
    /// Still there.
    pub open: u64,
}

/// Input files by state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Files {
    /// Taken.
    pub accepted: u64,
    /// Held back.
    pub held: u64,
    /// Of all, those that came after the day they were meant for.
    pub late: u64,
    /// In folders of days that have passed, and not taken: they are with the next day that comes.
    pub untaken: u64,
}

/// Where the figures come from.
pub struct Sources<'a> {
    /// The log.
    pub log: &'a dyn Log,
    /// Every stage's store.
    pub stores: &'a [Arc<dyn Store>],
    /// The intake's own report.
    pub intake: &'a intake::Report,
    /// The last day.
    pub as_of: Day,
}

impl Sources<'_> {
    /// The report, without the time, and every finding as it stands, in the order of its id.
    pub async fn report(&self) -> Result<(Report, Vec<Finding>)> {
        // The balance is worked out beside the reading of the log.
        let store = self.stores.iter().find(|store| store.stage() == reconciliation::STAGE_NAME).cloned();
        let balance = tokio::spawn(async move {
            match store {
                Some(store) => balance::balance(&*store).await,
                None => Ok(Balance::new()),
            }
        });
        let mut report = Report {
            files: Files {
                accepted: self.intake.accepted,
                held: self.intake.held,
                late: self.intake.late,
                untaken: 0,
            },
            findings: FindingClass::ALL
                .iter()
                .map(|class| (class.name().to_owned(), Findings::default()))
                .collect(),
            ..Report::default()
        };
        report.register_events = self.kinds(Topic::RegisterEvents).await?.into_values().sum();
        let assessed = self.kinds(Topic::AssessmentEvents).await?;
        let count = |kind: &str| assessed.get(kind).copied().unwrap_or_default();
        report.notices.opened = count("notice-opened");
        report.notices.closed = count("notice-closed");
        report.notices.open = report.notices.opened.saturating_sub(report.notices.closed);
        report.hearings = Hearings { opened: count("hearing-opened"), closed: count("hearing-closed") };
        report.determinations = count("determined");
        report.commands = self
            .kinds(Topic::InvoiceCommands)
            .await?
            .into_iter()
            .map(|(kind, n)| (kind.replace('-', "_"), n))
            .collect();
        report.documents =
            self.kinds(Topic::ErpEvents).await?.get("document-posted").copied().unwrap_or_default();
        let refusals = refusals(self.log).await?;
        report.dead_letters = u64::try_from(refusals.ever())?;
        report.refused_open = u64::try_from(refusals.open().count())?;
        let findings = self.findings().await?;
        report.misposted = findings::misposted(&findings)?;
        for finding in &findings {
            let of_class = report.findings.entry(finding.class.name().to_owned()).or_default();
            of_class.opened += 1;
            match finding.state {
                FindingState::Resolved { .. } => of_class.resolved += 1,
                _ => of_class.open += 1,
            }
        }
        let alerts = contents::<Alert>(self.log).await?.into_iter();
        let raised = alerts.filter(|alert| alert.state == AlertState::Raised).map(|alert| alert.cause);
        report.alerts = u64::try_from(raised.collect::<BTreeSet<_>>().len())?;
        for store in self.stores {
            let counts = store.counts(None).await?;
            report.parked_keys += counts.parked_keys;
            if counts.calls > 0 {
                report.calls_waiting.insert(store.stage().to_owned(), counts.calls);
            }
        }
        self.by_case(&mut report).await?;
        let balance = balance.await??;
        report.by_charge_type = balance::by_charge_type(&balance, self.as_of)?;
        (report.obligations, report.open_in_advance) =
            balance::in_currency(&balance, Currency::DKK, self.as_of)?;
        report.in_other_currencies = balance::in_others(&balance, self.as_of)?;
        Ok((report, findings))
    }

    /// What the cases themselves say: who is not decided, and how debtors stand.
    async fn by_case(&self, report: &mut Report) -> Result<()> {
        let Some(store) = self.stores.iter().find(|store| store.stage() == assessment::STAGE_NAME) else {
            return Ok(());
        };
        let mut debtors = Debtors::default();
        states::each(&**store, |_, case: assessment::Case| {
            for waiting in case.housing.iter().flat_map(|housing| housing.waiting.values()) {
                report.undecided.residents += 1;
                let since = report.undecided.since.unwrap_or(waiting.since);
                report.undecided.since = Some(since.min(waiting.since));
            }
            debtors.count(&case)
        })
        .await?;
        debtors.into_report(report);
        Ok(())
    }

    async fn findings(&self) -> Result<Vec<Finding>> {
        let mut latest = BTreeMap::new();
        for finding in contents::<Finding>(self.log).await? {
            latest.insert(finding.finding.clone(), finding);
        }
        Ok(latest.into_values().collect())
    }

    /// How many records of each kind a topic has.
    async fn kinds(&self, topic: Topic) -> Result<BTreeMap<String, u64>> {
        let mut kinds = BTreeMap::new();
        each(self.log, topic, |record| {
            let kind =
                record.header(header::TYPE).and_then(|kind| kind.rsplit('.').nth(1)).unwrap_or("unknown");
            *kinds.entry(kind.to_owned()).or_default() += 1;
        })
        .await?;
        Ok(kinds)
    }
}

/// What every message of a topic says, in the order of the log.
pub async fn contents<T: Content>(log: &dyn Log) -> Result<Vec<T>> {
    let mut contents: Vec<serde_json::Result<Body<T>>> = Vec::new();
    each(log, T::TOPIC, |record| contents.push(serde_json::from_slice(&record.body))).await?;
    contents.into_iter().map(|body| Ok(body?.data)).collect()
}

/// Looks at every record once. A sender that was stopped before it had noted records as sent has written them again; like
/// every stage, this drops what does not lie above the sender's last sequence number.
async fn each(log: &dyn Log, topic: Topic, mut look: impl FnMut(&Received)) -> Result<()> {
    for partition in 0..log.partitions() {
        let mut next = 0;
        let mut applied: BTreeMap<String, i64> = BTreeMap::new();
        loop {
            let page = log.read(topic, partition, next, PAGE).await?;
            let Some(last) = page.last() else { break };
            next = last.offset + 1;
            page.iter().filter(|record| is_new(&mut applied, record)).for_each(&mut look);
        }
    }
    Ok(())
}

/// Whether the record has not been written before by its sender. Records without a sender are of foreign producers.
fn is_new(applied: &mut BTreeMap<String, i64>, record: &Received) -> bool {
    let sequence = record.header(header::SEQUENCE).and_then(|text| text.parse().ok());
    let (Some(sender), Some(sequence)) = (record.header(header::SENDER), sequence) else { return true };
    match applied.get_mut(sender) {
        Some(last) if *last >= sequence => false,
        Some(last) => {
            *last = sequence;
            true
        }
        None => {
            applied.insert(sender.to_owned(), sequence);
            true
        }
    }
}
