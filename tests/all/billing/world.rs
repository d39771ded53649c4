//! Both stages over an ERP that keeps the contract, day by day and without any I/O.

mod erp;

use domain::{
    AuthorityId, CaseId, ChargeType, Cpr, Day, DecisionId, DeterminationId, Money, Period, PersonKey,
    PersonSecret, SubscriptionId,
};
use invoicing::{Invoicing, InvoicingSettings};
use messages::{
    AssessmentEvent, AssessmentFact, BillingMode, Body, Cause, Content, Determination, ErpEvent, ErpFact,
    Finding, FindingState, InvoiceCommand, InvoiceOrder, Message, Scheme, Trace,
};
use reconciliation::{Reconciliation, ReconciliationSettings};
use runtime::{Change, Context, Effects, Input, Stage};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const KEY: &str = "DAY-1";

/// What the ERP does wrong, once, to a document posted on or after the first day of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    Drop,
    Late,
    Duplicate,
    Amount,
    Period,
    Payer,
    Cancel,
    Unexpected,
    Reject,
    /// Renewals are accepted and ignored until this many months after the fault begins.
    Lapse(u32),
}

impl Fault {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Drop | Self::Late => "missing_in_erp",
            Self::Duplicate => "duplicate",
            Self::Amount => "amount",
            Self::Period => "period",
            Self::Payer => "payer",
            Self::Cancel => "cancelled_in_erp",
            Self::Unexpected => "unexpected",
            Self::Reject => "rejected",
            Self::Lapse(_) => "subscription_lapsed",
        }
    }
}

/// A keyed stage with its state and timer.
struct Driven<S: Stage> {
    stage: S,
    state: Option<S::State>,
    timer: Option<Day>,
}

impl<S: Stage> Driven<S> {
    fn step(&mut self, today: Day, input: Input<'_, S>) -> Effects<S> {
        let context = Context { key: KEY, today, cause: "test", evidence: &[], trace: "" };
        let effects = self.stage.decide(&context, self.state.clone(), input).unwrap();
        if let Change::Put(state) = effects.state() {
            self.state = Some(state.clone());
        }
        if let Some((_, due)) = effects.timers().last() {
            self.timer = *due;
        }
        effects
    }

    fn timer(&mut self, today: Day) -> Option<Effects<S>> {
        self.timer.take_if(|due| *due <= today)?;
        Some(self.step(today, Input::Timer("timer")))
    }
}

#[derive(Debug, Clone)]
struct Subscription {
    from: Period,
    valid_to: Period,
    amounts: BTreeMap<Period, Money>,
    billed: BTreeSet<Period>,
    ended: bool,
    closed: bool,
}

pub(super) struct World {
    pub(super) today: Day,
    invoicing: Driven<Invoicing>,
    reconciliation: Driven<Reconciliation>,
    subscriptions: BTreeMap<SubscriptionId, Subscription>,
    later: Vec<(Day, ErpFact)>,
    posted: u32,
    events: VecDeque<ErpFact>,
    pub(super) findings: Vec<Finding>,
    pub(super) ledger: BTreeMap<Period, Money>,
    fault: Fault,
    fault_from: Day,
    pub(super) faults_done: u32,
    versions: BTreeMap<Period, u32>,
    commands: Vec<(Day, InvoiceOrder)>,
}

fn payer() -> PersonKey {
    PersonSecret::new("a secret for tests").unwrap().person_key(&Cpr::parse("2105440645").unwrap())
}

fn charge_type() -> ChargeType {
    ChargeType::parse("dk-daycare/parental-payment").unwrap()
}

fn body<T: Content>(data: T) -> Body<T> {
    Body { causes: Vec::new(), evidence: Vec::new(), data }
}

pub(super) fn period(text: &str) -> Period {
    text.parse().unwrap()
}

impl World {
    pub(super) fn new(today: &str, fault: Fault, fault_from: Period) -> Self {
        Self {
            today: today.parse().unwrap(),
            invoicing: Driven {
                stage: Invoicing::new(InvoicingSettings::default()).unwrap(),
                state: None,
                timer: None,
            },
            reconciliation: Driven {
                stage: Reconciliation::new(ReconciliationSettings::default()).unwrap(),
                state: None,
                timer: None,
            },
            subscriptions: BTreeMap::new(),
            later: Vec::new(),
            posted: 0,
            events: VecDeque::new(),
            findings: Vec::new(),
            ledger: BTreeMap::new(),
            fault,
            fault_from: fault_from.first_day(),
            faults_done: 0,
            versions: BTreeMap::new(),
            commands: Vec::new(),
        }
    }

    fn tell(&mut self, message: &Message) {
        self.invoicing.step(self.today, Input::Message(message));
        self.reconciliation.step(self.today, Input::Message(message));
    }

    pub(super) fn determine(&mut self, month: Period, amount: i64, billing: BillingMode) {
        let version = self.versions.entry(month).or_default();
        *version += 1;
        let determination = Determination {
            determination: DeterminationId::derive(&[&month.to_string(), &version.to_string()]),
            version: *version,
            payer: payer(),
            payer_cpr: Cpr::parse("2105440645").unwrap().into(),
            charge_type: charge_type(),
            billing,
            period: month,
            amount: Money::dkk(amount),
            due_on: month.first_day(),
            decision: DecisionId::derive(&["decision"]),
            communicated_on: self.today,
            cause: Cause::Place,
            trace: Trace::of(&"trace").unwrap(),
        };
        self.tell(&Message::AssessmentEvents(body(AssessmentEvent {
            case: CaseId::parse(KEY).unwrap(),
            authority: AuthorityId::parse("0101").unwrap(),
            scheme: Scheme::DkDaycare,
            recorded_on: self.today,
            fact: AssessmentFact::Determined(Box::new(determination)),
        })));
    }

    /// Morning: billing run and orders; evening: the ERP's day and its ledger; night: the comparison.
    fn day(&mut self) {
        self.today = self.today.succ_opt().unwrap();
        if let Some(effects) = self.invoicing.timer(self.today) {
            for message in effects.messages() {
                let command: InvoiceCommand = message.content().unwrap();
                self.commands.push((self.today, command.order.clone()));
                self.reconciliation
                    .step(self.today, Input::Message(&Message::InvoiceCommands(body(command.clone()))));
                self.execute(command);
            }
        }
        self.erp_day();
        while let Some(fact) = self.events.pop_front() {
            let case = CaseId::parse(KEY).ok();
            let event = ErpEvent { case, recorded_on: self.today, fact };
            self.tell(&Message::ErpEvents(body(event)));
        }
        if let Some(effects) = self.reconciliation.timer(self.today) {
            self.findings
                .extend(effects.messages().iter().map(|message| message.content::<Finding>().unwrap()));
        }
    }

    pub(super) fn live_until(&mut self, last: Day) {
        while self.today < last {
            self.day();
        }
    }

    /// What was told and ordered, to read after a failure.
    pub(super) fn story(&self) -> String {
        let findings = self
            .findings
            .iter()
            .map(|f| format!("{} {} {} {:?}: {}", f.class.name(), f.period, f.amount, f.state, f.detail));
        let commands = self.commands.iter().map(|(day, order)| format!("{day} {order:?}"));
        format!(
            "\n{}\n{}",
            findings.take(12).collect::<Vec<_>>().join("\n"),
            commands.collect::<Vec<_>>().join("\n")
        )
    }

    /// Every finding once, as `class` and whether it is open at the end.
    pub(super) fn found(&self) -> Vec<(String, bool)> {
        let mut last = BTreeMap::new();
        for finding in &self.findings {
            let open = !matches!(finding.state, FindingState::Resolved { .. });
            last.insert(finding.finding.clone(), (finding.class.name().to_owned(), open));
        }
        last.into_values().collect()
    }
}
