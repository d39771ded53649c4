//! Orders and register facts become facts of the case. Nothing is decided here.

use crate::state::{Answer, Application, Case, Held, Household, Opened, Stated};
use crate::yearly::YearIncome;
use domain::{Day, HearingId, Period};
use messages::{CaseCommand, CaseOrder, Cause, Party};
use runtime::Refusal;

/// Which months must be assessed anew, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    /// None.
    Nothing,
    /// All, for this cause.
    All(Cause),
    /// One month's income.
    Month(Period),
    /// The tax assessment of a year.
    Year(i32),
}

impl Case {
    /// Applies an order that the case does not have yet.
    pub fn apply(&mut self, command: &CaseCommand) -> Result<Touched, Refusal> {
        if let Some(opened) = &self.opened
            && opened.authority != command.authority
        {
            return Err(Refusal::new(
                "other_authority",
                "the case belongs to another authority; it alone can change it",
            ));
        }
        self.is_of_scheme(&command.order)?;
        let touched = self.order(command)?;
        if self.opened.is_some() {
            self.before_opening.authority = None;
        }
        self.orders.note(command)?;
        Ok(touched)
    }

    /// Notes what the morning has to assess anew. When several things change, the payer's own request names the cause,
    /// and any order does before a register; what the register alone raises is told apart by what it said before.
    pub fn touch(&mut self, touched: Touched) {
        let rank = |cause: Cause| match cause {
            Cause::OwnRequest => 2,
            cause if !cause.needs_hearing() => 1,
            _ => 0,
        };
        match touched {
            Touched::Nothing => {}
            Touched::All(cause) => {
                let first = self.touched.cause.unwrap_or(cause);
                self.touched.cause = Some(if rank(cause) > rank(first) { cause } else { first });
            }
            Touched::Month(month) => {
                self.touched.income.insert(month);
            }
            Touched::Year(year) => {
                self.touched.years.insert(year);
            }
        }
    }

    fn order(&mut self, command: &CaseCommand) -> Result<Touched, Refusal> {
        let own = Touched::All(Cause::OwnRequest);
        let place_changed = Touched::All(Cause::Place);
        Ok(match &command.order {
            CaseOrder::OpenCase { scheme, billing, payer, from, adults, children, single_provider } => {
                if self.opened.is_some() {
                    return Err(Refusal::new(
                        "opened_twice",
                        "the case is open; change it with set_household or change_payer",
                    ));
                }
                let (case, authority) = (command.case.clone(), command.authority.clone());
                self.opened = Some(Opened { case, authority, scheme: *scheme, billing: *billing });
                Stated::keep(&mut self.payers, *from, Stated::by(command, payer.clone()));
                self.state_household(
                    *from,
                    Stated::by(command, household(adults, children, *single_provider, true)),
                );
                own
            }
            CaseOrder::SetHousehold { from, adults, children, single_provider } => {
                self.state_household(
                    *from,
                    Stated::by(command, household(adults, children, *single_provider, false)),
                );
                own
            }
            CaseOrder::ChangePayer { from, payer } => {
                Stated::keep(&mut self.payers, *from, Stated::by(command, payer.clone()));
                own
            }
            CaseOrder::PlaceChild { place, child, from, to, terms } => {
                let held = Held { child: child.clone(), from: *from, to: *to };
                let kept = self.places.entry(place.clone()).or_default();
                if kept.held.is_some() {
                    return Err(Refusal::new(
                        "place_taken",
                        "the place is held already; use another place id",
                    ));
                }
                if let Some(ended) = &kept.ended {
                    not_before(*from, ended.what)?;
                }
                kept.held = Some(Stated::by(command, held));
                Stated::keep(&mut kept.terms, *from, Stated::by(command, terms.clone()));
                place_changed
            }
            CaseOrder::ChangePlace { place, from, terms } => {
                let kept = self.places.entry(place.clone()).or_default();
                Stated::keep(&mut kept.terms, *from, Stated::by(command, terms.clone()));
                Touched::All(Cause::Rates)
            }
            CaseOrder::EndPlace { place, last_day } => {
                let kept = self.places.entry(place.clone()).or_default();
                if let Some(held) = &kept.held {
                    not_before(held.what.from, *last_day)?;
                }
                Stated::replace(&mut kept.ended, Stated::by(command, *last_day));
                place_changed
            }
            CaseOrder::ApplySubsidy { applied_on, yearly_income, self_employed, admitted_on } => {
                let application = Application {
                    applied_on: *applied_on,
                    yearly_income: *yearly_income,
                    self_employed: *self_employed,
                    admitted_on: *admitted_on,
                };
                self.applications.insert(command.id.clone(), application);
                own
            }
            CaseOrder::EndSubsidy { from } => {
                self.subsidy_ends.insert(*from);
                own
            }
            CaseOrder::StateYearlyIncome { year, adult, income, knowingly_since } => {
                let (kroner, knowingly_since) = (income.amount(), *knowingly_since);
                let stated = Stated::by(command, YearIncome { kroner, knowingly_since });
                let year_of = self.years.entry(*year).or_default();
                Stated::keep(&mut year_of.incomes, adult.person.clone(), stated);
                Touched::Year(*year)
            }
            CaseOrder::PostponeYear { year, reason } => {
                self.years.entry(*year).or_default().postponed = Some(*reason);
                Touched::Year(*year)
            }
            CaseOrder::CloseYear { year, reason } => {
                self.years.entry(*year).or_default().closed = Some(reason.clone());
                Touched::Year(*year)
            }
            CaseOrder::AnswerHearing { hearing, answered_on, answer } => {
                self.still_heard(hearing)?;
                let answer = Answer::Citizen { on: *answered_on, answer: *answer };
                self.answers.entry(hearing.clone()).or_default().push(answer);
                own
            }
            CaseOrder::DecideHearing { hearing, decided_on, raise_stands, reason } => {
                self.still_heard(hearing)?;
                let (on, raise_stands, reason) = (*decided_on, *raise_stands, reason.clone());
                let answer = Answer::Ruling { on, raise_stands, reason };
                self.answers.entry(hearing.clone()).or_default().push(answer);
                own
            }
            CaseOrder::LetterDelivered { letter, delivered_on, .. } => {
                let first = self.delivered.entry(letter.clone()).or_insert(*delivered_on);
                *first = *delivered_on.min(first);
                Touched::Nothing
            }
            CaseOrder::CloseNotice { notice, outcome } => {
                if self.closed_notices.contains(notice) || self.closings.contains_key(notice) {
                    return Err(Refusal::new(
                        "notice_closed",
                        "the notice is closed already, or another order closes it: discard this",
                    ));
                }
                self.closings.insert(notice.clone(), outcome.clone());
                Touched::Nothing
            }
            CaseOrder::ForgetUnknown { named } => {
                self.forget_unknown(named)?;
                Touched::Nothing
            }
            CaseOrder::Exempt { period, reason, .. } => {
                self.exempt.insert(*period, reason.clone());
                Touched::Nothing
            }
            CaseOrder::Housing(order) => self.order_housing(command, order)?,
            CaseOrder::Repayment(order) => self.order_repayment(command, order)?,
            CaseOrder::Childcare(order) => self.order_childcare(command, order)?,
            CaseOrder::CloseCase { last_day } => {
                if let Some((first, _)) = self.payers.first_key_value() {
                    not_before(*first, *last_day)?;
                }
                Stated::replace(&mut self.last_day, Stated::by(command, *last_day));
                place_changed
            }
        })
    }

    /// Refuses what is said in a hearing that has ended: the raise has been decided or dropped.
    fn still_heard(&self, hearing: &HearingId) -> Result<(), Refusal> {
        match self.hearings.get(hearing).and_then(|hearing| hearing.ended) {
            None => Ok(()),
            Some(ended) => Err(Refusal::new(
                "hearing_ended",
                format!(
                    "the hearing ended on {}: order what is right now (the household, the subsidy), or exempt the months",
                    ended.on
                ),
            )),
        }
    }

    /// Keeps a household. One that replaces the opening's takes its place: it holds from its day, too.
    fn state_household(&mut self, from: Day, new: Stated<Household>) {
        let opening = new.what.opening || self.households.get(&from).is_some_and(|known| known.what.opening);
        Stated::keep(&mut self.households, from, new);
        if let Some(kept) = self.households.get_mut(&from) {
            kept.what.opening = opening;
        }
    }
}

/// Refuses an end before the beginning. The day before it is what takes back a beginning that never was.
pub fn not_before(first: Day, last: Day) -> Result<(), Refusal> {
    if last.succ_opt().is_none_or(|after| after >= first) {
        return Ok(());
    }
    Err(Refusal::new(
        "ends_before_it_begins",
        format!(
            "it begins on {first} and would end on {last}: give a later last day, or the day before it begins to take it back"
        ),
    ))
}

fn household(adults: &[Party], children: &[Party], single_provider: bool, opening: bool) -> Household {
    let (adults, children) = (adults.to_vec(), children.to_vec());
    Household { adults, children, single_provider, opening, stated: !opening }
}
