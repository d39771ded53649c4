//! One case and its messages, with the stage run at each day's close.

use crate::{Reconciliation, ReconciliationSettings, State};
use domain::{
    AuthorityId, CaseId, ChargeType, CommandId, Cpr, Day, DecisionId, DeterminationId, Money, Period,
    PersonKey, PersonSecret, SubscriptionId,
};
use messages::{
    AssessmentEvent, AssessmentFact, BillingMode, Body, Cause, Content, Determination, ErpEvent, ErpFact,
    Finding, FindingState, InvoiceCommand, InvoiceOrder, Message, PostedDocument, Scheme, SubscriptionState,
    Trace,
};
use runtime::{Change, Context, Effects, Input, Stage};

pub(super) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(super) fn month(text: &str) -> Period {
    text.parse().unwrap()
}

pub(super) fn person(digits: &str) -> PersonKey {
    PersonSecret::new("a secret for tests").unwrap().person_key(&Cpr::parse(digits).unwrap())
}

pub(super) fn payer() -> PersonKey {
    person("2105440645")
}

pub(super) fn charge_type() -> ChargeType {
    ChargeType::parse("dk-daycare/parental-payment").unwrap()
}

pub(super) fn body<T: Content>(data: T) -> Body<T> {
    Body { causes: Vec::new(), evidence: Vec::new(), data }
}

pub(super) fn command_id(name: &str) -> CommandId {
    CommandId::derive(&[name])
}

pub(super) fn subscription() -> SubscriptionId {
    SubscriptionId::derive(&["1"])
}

/// A message that the stage reads.
pub(super) fn assessment(case: &str, fact: AssessmentFact, recorded_on: Day) -> Message {
    Message::AssessmentEvents(body(AssessmentEvent {
        case: CaseId::parse(case).unwrap(),
        authority: AuthorityId::parse("0101").unwrap(),
        scheme: Scheme::DkDaycare,
        recorded_on,
        fact,
    }))
}

pub(super) fn determination(
    case: &str,
    period: Period,
    version: u32,
    amount: i64,
    billing: BillingMode,
    on: Day,
) -> Message {
    let determination = Determination {
        determination: DeterminationId::derive(&[&period.to_string(), &version.to_string()]),
        version,
        payer: payer(),
        payer_cpr: Cpr::parse("2105440645").unwrap().into(),
        charge_type: charge_type(),
        billing,
        period,
        amount: Money::dkk(amount),
        due_on: period.first_day(),
        decision: DecisionId::derive(&["decision"]),
        communicated_on: on,
        cause: Cause::Place,
        trace: Trace::of(&"trace").unwrap(),
    };
    assessment(case, AssessmentFact::Determined(Box::new(determination)), on)
}

pub(super) fn command(case: &str, name: &str, order: InvoiceOrder, issued_on: Day) -> Message {
    Message::InvoiceCommands(body(InvoiceCommand {
        command: command_id(name),
        case: CaseId::parse(case).unwrap(),
        authority: AuthorityId::parse("0101").unwrap(),
        charge_type: charge_type(),
        payer: payer(),
        payer_cpr: Cpr::parse("2105440645").unwrap().into(),
        issued_on,
        order,
    }))
}

pub(super) fn erp(case: Option<&str>, fact: ErpFact, recorded_on: Day) -> Message {
    let case = case.map(|case| CaseId::parse(case).unwrap());
    Message::ErpEvents(body(ErpEvent { case, recorded_on, fact }))
}

pub(super) fn charge(period: &str, amount: i64) -> InvoiceOrder {
    let (period, amount) = (month(period), Money::dkk(amount));
    let determination = DeterminationId::derive(&["d"]);
    let due_on = period.first_day();
    if amount.is_negative() {
        InvoiceOrder::Credit { period, amount, due_on, determination }
    } else {
        InvoiceOrder::Charge { period, amount, due_on, determination }
    }
}

pub(super) fn document(number: &str, period: &str, amount: i64, posted_on: Day) -> PostedDocument {
    PostedDocument {
        document: number.to_owned(),
        command: None,
        subscription: None,
        payer: Some(payer()),
        charge_type: charge_type(),
        period: month(period),
        amount: Money::dkk(amount),
        posted_on,
        due_on: posted_on,
    }
}

pub(super) struct World {
    stage: Reconciliation,
    pub(super) key: String,
    pub(super) state: Option<State>,
    pub(super) today: Day,
    timer: Option<Day>,
    pub(super) told: Vec<Finding>,
}

impl World {
    pub(super) fn new(today: &str) -> Self {
        Self::with(today, "DAY-1", ReconciliationSettings::default())
    }

    pub(super) fn with(today: &str, key: &str, settings: ReconciliationSettings) -> Self {
        let stage = Reconciliation::new(settings).unwrap();
        Self { stage, key: key.to_owned(), state: None, today: day(today), timer: None, told: Vec::new() }
    }

    pub(super) fn receive(&mut self, message: &Message) {
        self.step(Input::Message(message));
    }

    pub(super) fn determine(&mut self, period: &str, version: u32, amount: i64, billing: BillingMode) {
        let message = determination(&self.key, month(period), version, amount, billing, self.today);
        self.receive(&message);
    }

    pub(super) fn order(&mut self, name: &str, order: InvoiceOrder) {
        let message = command(&self.key, name, order, self.today);
        self.receive(&message);
    }

    pub(super) fn erp(&mut self, fact: ErpFact) {
        let message = erp(Some(&self.key), fact, self.today);
        self.receive(&message);
    }

    pub(super) fn accept(&mut self, name: &str) {
        self.erp(ErpFact::CommandAccepted { command: command_id(name), receipt: "R1".to_owned() });
    }

    pub(super) fn reject(&mut self, name: &str, code: &str) {
        let (command, code) = (command_id(name), code.to_owned());
        self.erp(ErpFact::CommandRejected { command, code, detail: String::new() });
    }

    pub(super) fn post(&mut self, document: PostedDocument) {
        self.erp(ErpFact::DocumentPosted(document));
    }

    pub(super) fn post_for(&mut self, number: &str, command: &str, period: &str, amount: i64) {
        let document = document(number, period, amount, self.today);
        self.post(PostedDocument { command: Some(command_id(command)), ..document });
    }

    pub(super) fn post_of_subscription(&mut self, number: &str, period: &str, amount: i64) {
        let document = document(number, period, amount, self.today);
        self.post(PostedDocument { subscription: Some(subscription()), ..document });
    }

    pub(super) fn cancel(&mut self, number: &str) {
        let (document, cancelled_on) = (number.to_owned(), self.today);
        self.erp(ErpFact::DocumentCancelled { document, cancelled_on, reason: "operator".to_owned() });
    }

    pub(super) fn report(&mut self, state: SubscriptionState, valid_to: &str) {
        let (subscription, as_of) = (subscription(), self.today);
        self.erp(ErpFact::SubscriptionReported { subscription, state, valid_to: month(valid_to), as_of });
    }

    /// A charge that is ordered and accepted today.
    pub(super) fn charged(&mut self, name: &str, period: &str, amount: i64) {
        self.order(name, charge(period, amount));
        self.accept(name);
    }

    /// Opens the subscription today, and the ERP takes it up.
    pub(super) fn open(&mut self, from: &str, valid_to: &str, amount: i64) {
        let (from, to) = (month(from), month(valid_to));
        let amount = Money::dkk(amount);
        self.order(
            "open",
            InvoiceOrder::OpenSubscription { subscription: subscription(), from, valid_to: to, amount },
        );
        self.accept("open");
        self.report(SubscriptionState::Active, valid_to);
    }

    pub(super) fn renew(&mut self, name: &str, valid_to: &str) {
        self.order(
            name,
            InvoiceOrder::RenewSubscription { subscription: subscription(), valid_to: month(valid_to) },
        );
        self.accept(name);
    }

    /// Closes every day up to and including this one; each twice, because a second comparison must tell nothing new.
    pub(super) fn live_until(&mut self, last: &str) {
        self.close();
        while self.today < day(last) {
            self.today = self.today.succ_opt().unwrap();
            self.close();
        }
    }

    fn close(&mut self) {
        if self.timer.is_some_and(|due| due <= self.today) {
            self.timer = None;
            self.step(Input::Timer("comparison"));
            let told = self.told.len();
            let next = self.timer;
            self.step(Input::Timer("comparison"));
            assert_eq!(self.told.len(), told, "a second comparison told something new");
            assert_eq!(self.timer, next);
        }
    }

    fn step(&mut self, input: Input<'_, Reconciliation>) {
        let key = self.key.clone();
        let context = Context { key: &key, today: self.today, cause: "test", evidence: &[], trace: "" };
        let effects: Effects<Reconciliation> =
            self.stage.decide(&context, self.state.clone(), input).unwrap();
        if let Change::Put(state) = effects.state() {
            let json = serde_json::to_string(state).unwrap();
            self.state = Some(serde_json::from_str(&json).unwrap());
            assert_eq!(self.state.as_ref(), Some(state));
        }
        if let Some((_, due)) = effects.timers().last() {
            self.timer = *due;
        }
        for message in effects.messages() {
            let finding: Finding = message.content().unwrap();
            assert_eq!(message.key, finding.cause);
            self.told.push(finding);
        }
    }

    /// Everything told, as `day class period amount state`.
    pub(super) fn story(&self) -> Vec<String> {
        self.told
            .iter()
            .map(|finding| {
                let (on, how) = match &finding.state {
                    FindingState::Opened => (finding.opened_on, "opened"),
                    FindingState::Repeated { on } => (*on, "repeated"),
                    FindingState::Resolved { on, .. } => (*on, "resolved"),
                    FindingState::Reopened { on } => (*on, "reopened"),
                };
                format!("{on} {} {} {} {how}", finding.class.name(), finding.period, finding.amount.to_text())
            })
            .collect()
    }

    /// The findings that are open now.
    pub(super) fn open_findings(&self) -> Vec<&Finding> {
        let state = self.state.as_ref();
        let findings = state.into_iter().flat_map(|state| state.findings.values());
        findings.filter(|finding| !matches!(finding.state, FindingState::Resolved { .. })).collect()
    }
}
