//! From the days of notices and declarations to the days of places and incomes.

use super::{Case, Change, Child, Fault};
use domain::Day;
use rust_decimal::Decimal;
use schemes::Step;
use schemes::se_childcare::{
    ChildInput, IncomeChange, Input, PlacementEnd, articles, effect_of_declaration, last_day_with_fee,
};

/// The facts as the scheme takes them.
pub(super) struct Dated {
    pub(super) input: Input,
    /// How their days came to be.
    pub(super) steps: Vec<Step>,
    /// Where in the case each income change of the input stands.
    changes: Vec<usize>,
    /// The children whose last day comes from a notice or a move.
    ended: Vec<usize>,
}

impl Dated {
    /// A fault by the keys of the case.
    pub(super) fn fault(&self, mut fault: Fault) -> Fault {
        for (position, of_case) in self.changes.iter().enumerate() {
            if let Some(rest) = fault.path.strip_prefix(&format!("income_changes[{position}]")) {
                fault.path = format!("income_changes[{of_case}]{rest}");
                return fault;
            }
        }
        if let Some(n) = self.ended.iter().find(|n| fault.path == format!("children[{n}].to")) {
            fault.path = format!("children[{n}].end");
        }
        fault
    }
}

impl Case {
    /// Finds the days; tells what says none, or two.
    pub(super) fn dated(&self, wrong: &mut Vec<Fault>) -> Dated {
        let input = Input {
            month: self.month,
            monthly_income: self.monthly_income,
            income_changes: Vec::new(),
            children: Vec::new(),
        };
        let mut dated = Dated { input, steps: Vec::new(), changes: Vec::new(), ended: Vec::new() };
        let mut at_start: Option<(Day, Option<Decimal>)> = None;
        for (n, change) in self.income_changes.iter().enumerate() {
            let Some(from) = self.from(n, change, &mut dated.steps, wrong) else { continue };
            let declared = change.declared_on.is_some();
            if declared && from > self.month.last_day() {
                continue;
            }
            if declared && from <= self.month.first_day() {
                at_start =
                    at_start.into_iter().chain([(from, change.monthly_income)]).max_by_key(|(day, _)| *day);
                continue;
            }
            dated.input.income_changes.push(IncomeChange { from, monthly_income: change.monthly_income });
            dated.changes.push(n);
        }
        if let Some((_, income)) = at_start {
            dated.input.monthly_income = income;
        }
        for (n, child) in self.children.iter().enumerate() {
            let to = match (child.to, child.end) {
                (Some(_), Some(_)) => {
                    let problem = "is a second end beside `to`; send one of the two";
                    wrong.push(Fault::new(format!("children[{n}].end"), problem));
                    None
                }
                (to, None) => to,
                (None, Some(end)) => {
                    dated.ended.push(n);
                    Some(self.last_day(child, end, &mut dated.steps))
                }
            };
            dated.input.children.push(place(child, to));
        }
        dated
    }

    /// The first day of a changed income.
    fn from(&self, n: usize, change: &Change, steps: &mut Vec<Step>, wrong: &mut Vec<Fault>) -> Option<Day> {
        match (change.from, change.declared_on) {
            (Some(from), None) => Some(from),
            (None, Some(declared_on)) => {
                let mut step = Step::new("declaration of an income (inkomstuppgift)", articles::DECLARATION);
                step.input_text("declared on", declared_on.to_string());
                let from = effect_of_declaration(declared_on, &self.settings);
                step.result_text("counts from", from.to_string());
                steps.push(step);
                Some(from)
            }
            (None, None) | (Some(_), Some(_)) => {
                let problem = "send the first day of the income, or the day on which it was declared";
                wrong.push(Fault::new(format!("income_changes[{n}].from"), problem));
                None
            }
        }
    }

    fn last_day(&self, child: &Child, end: PlacementEnd, steps: &mut Vec<Step>) -> Day {
        let mut step = Step::new(format!("end of the place of child {}", child.id), articles::NOTICE);
        let moved_on = match end {
            PlacementEnd::Move { moved_on } => Some(moved_on),
            PlacementEnd::Notice { given_on, moved_on } => {
                step.input_text("notice given on", given_on.to_string());
                step.input("months of notice", Decimal::from(self.settings.notice_months));
                moved_on
            }
        };
        if let Some(moved_on) = moved_on {
            step.input_text("moved to another municipality on", moved_on.to_string());
        }
        let last = last_day_with_fee(end, &self.settings);
        step.result_text("last day with a fee", last.to_string());
        steps.push(step);
        last
    }
}

fn place(child: &Child, to: Option<Day>) -> ChildInput {
    ChildInput {
        id: child.id.clone(),
        born: child.born,
        care: child.care,
        from: child.from,
        to,
        weekly_hours: child.weekly_hours,
        same_address: child.same_address,
    }
}
