//! Orders and register facts become facts of the case. Nothing is decided here.

use crate::state::{Answer, Application, Case, Held, Household, Opened, Stated};
use domain::{Day, Period};
use messages::{CaseCommand, CaseOrder, Cause, Party};
use runtime::Refusal;

/// How many orders a case can have in its life: a guard against a sender in a loop.
const ORDERS_MAX: usize = 5_000;

/// Which months must be assessed anew, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    /// None.
    Nothing,
    /// All, for this cause.
    All(Cause),
    /// One month's income.
    Month(Period),
}

impl Case {
    /// Applies an order. The same id has effect once.
    pub fn apply(&mut self, command: &CaseCommand) -> Result<Touched, Refusal> {
        if self.orders.contains(&command.id) {
            return Ok(Touched::Nothing);
        }
        if self.orders.len() >= ORDERS_MAX {
            return Err(Refusal::new("too_many_orders", format!("a case has at most {ORDERS_MAX} orders")));
        }
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
        self.orders.insert(command.id.clone());
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
                Stated::keep(&mut self.payers, *from, stated(command, payer.clone()));
                self.state_household(
                    *from,
                    stated(command, household(adults, children, *single_provider, true)),
                );
                own
            }
            CaseOrder::SetHousehold { from, adults, children, single_provider } => {
                self.state_household(
                    *from,
                    stated(command, household(adults, children, *single_provider, false)),
                );
                own
            }
            CaseOrder::ChangePayer { from, payer } => {
                Stated::keep(&mut self.payers, *from, stated(command, payer.clone()));
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
                kept.held = Some(stated(command, held));
                Stated::keep(&mut kept.terms, *from, stated(command, terms.clone()));
                place_changed
            }
            CaseOrder::ChangePlace { place, from, terms } => {
                let kept = self.places.entry(place.clone()).or_default();
                Stated::keep(&mut kept.terms, *from, stated(command, terms.clone()));
                Touched::All(Cause::Rates)
            }
            CaseOrder::EndPlace { place, last_day } => {
                let ended = &mut self.places.entry(place.clone()).or_default().ended;
                Stated::replace(ended, stated(command, *last_day));
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
            CaseOrder::AnswerHearing { hearing, answered_on, answer } => {
                let answer = Answer::Citizen { on: *answered_on, answer: *answer };
                self.answers.entry(hearing.clone()).or_default().push(answer);
                own
            }
            CaseOrder::DecideHearing { hearing, decided_on, raise_stands, reason } => {
                let (on, raise_stands, reason) = (*decided_on, *raise_stands, reason.clone());
                let answer = Answer::Ruling { on, raise_stands, reason };
                self.answers.entry(hearing.clone()).or_default().push(answer);
                own
            }
            CaseOrder::LetterDelivered { letter, delivered_on, .. } => {
                self.delivered.insert(letter.clone(), *delivered_on);
                Touched::Nothing
            }
            // The case's own file of notices and exemptions is kept by `decide`.
            CaseOrder::CloseNotice { .. } => Touched::Nothing,
            CaseOrder::ForgetUnknown { named } => {
                self.forget_unknown(named);
                Touched::Nothing
            }
            CaseOrder::Exempt { period, reason, .. } => {
                self.exempt.insert(*period, reason.clone());
                Touched::Nothing
            }
            CaseOrder::Housing(order) => self.order_housing(command, order)?,
            CaseOrder::CloseCase { last_day } => {
                Stated::replace(&mut self.last_day, stated(command, *last_day));
                place_changed
            }
        })
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

fn stated<T>(command: &CaseCommand, what: T) -> Stated<T> {
    Stated { on: command.issued_on, order: command.id.clone(), what }
}

fn household(adults: &[Party], children: &[Party], single_provider: bool, opening: bool) -> Household {
    let (adults, children) = (adults.to_vec(), children.to_vec());
    Household { adults, children, single_provider, opening, stated: !opening }
}
