//! The concrete amount that a decision is to state, with how it came to be: one way for every facility and paragraph. The
//! rate is what the facility's costs or the law give, and never more than the resident can pay in the longest month.

use super::{Budget, CostBasis, Paragraph, ServiceInput, articles, calculate};
use crate::{Error, Parameter, Parameters, Step, rounding};
use domain::Day;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The longest month: what it can bear leaves enough in every month.
const LONGEST_MONTH: u32 = 31;

/// What a decision rests on.
#[derive(Debug, Clone)]
pub struct Grounds<'a> {
    /// The paragraph of the stay.
    pub paragraph: Paragraph,
    /// The day of the decision.
    pub on: Day,
    /// The facility's costs; needed under § 107 where the housing is paid for.
    pub basis: Option<&'a CostBasis>,
    /// The services beside the stay.
    pub services: &'a [ServiceInput],
    /// Whether the resident keeps an own home.
    pub own_home_kept: bool,
    /// The resident's month; needed under § 107 where the housing is paid for.
    pub budget: Option<&'a Budget>,
    /// Kroner a month: the rent of a comparable dwelling less housing benefit.
    pub comparable_rent: Option<Decimal>,
    /// Kroner a day, where less is set than the rules give.
    pub set: Option<Decimal>,
    /// The version of the template.
    pub template: &'a str,
    /// Who calculates.
    pub made_by: &'a str,
}

/// The amount, and what it was held against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Kroner a day for the stay: the concrete amount.
    #[serde(with = "crate::exact")]
    pub daily_rate: Decimal,
    /// Kroner a day before what the resident cannot pay: by the facility's costs or by the law.
    #[serde(with = "crate::exact")]
    pub full_rate: Decimal,
    /// Whether the amount is the whole statutory rate: then it holds for the days of that rate alone.
    pub statutory: bool,
    /// How it came to be.
    pub step: Step,
}

/// The statutory rate of a day; `None` under § 107, which has none. Refuses a day without one ([`Error::NoParameter`]).
pub fn statutory_rate(
    paragraph: Paragraph,
    on: Day,
    parameters: &Parameters,
) -> Result<Option<&Parameter>, Error> {
    paragraph.rate_parameter().map(|name| parameters.get(name, on)).transpose()
}

/// Finds the amount. Refuses a day without a statutory rate where it is needed, grounds that do not suffice, an amount set
/// above what the rules give, and services that cost more than the resident can pay.
pub fn propose(grounds: &Grounds<'_>, parameters: &Parameters) -> Result<Proposal, Error> {
    let of_107 = grounds.paragraph == Paragraph::P107;
    if of_107 && grounds.own_home_kept && grounds.budget.is_none() {
        return own_home(grounds);
    }
    let (full_rate, bearable, mut step) = match statutory_rate(grounds.paragraph, grounds.on, parameters)? {
        Some(statutory) => by_law(grounds, statutory),
        None => by_costs(grounds)?,
    };
    let comparable = grounds.comparable_rent.map(|rent| {
        step.input("rent of a comparable dwelling less housing benefit", rent);
        rounding::bearable_daily_rate(rent / Decimal::from(LONGEST_MONTH))
    });
    let highest = [bearable, comparable].into_iter().flatten().fold(full_rate, Decimal::min);
    let daily_rate = set(grounds, highest, &mut step)?;
    step.result("decided rate a day", daily_rate);
    step.rounding = Some("down to whole øre".to_owned());
    Ok(Proposal { daily_rate, full_rate, statutory: !of_107 && daily_rate == full_rate, step })
}

/// An own home kept under § 107 and no budget for a payment all the same: the housing costs nothing.
fn own_home(grounds: &Grounds<'_>) -> Result<Proposal, Error> {
    let mut step =
        Step::new("own home kept: no payment for the housing", articles::OWN_HOME_107.on(grounds.on));
    let daily_rate = set(grounds, Decimal::ZERO, &mut step)?;
    step.result("decided rate a day", daily_rate);
    Ok(Proposal { daily_rate, full_rate: Decimal::ZERO, statutory: false, step })
}

/// The statutory rate, reduced to what the resident can pay where a reduction was applied for.
fn by_law(grounds: &Grounds<'_>, statutory: &Parameter) -> (Decimal, Option<Decimal>, Step) {
    let mut step = Step::new("rate by the law", articles::STAY_109_110.on(grounds.on));
    let rate = step.parameter(statutory);
    let bearable = grounds.budget.map(|budget| {
        let room = step.input("room for payment a month", budget.room());
        step.input_text("reduced on application", articles::RELIEF_109_110.on(grounds.on));
        rounding::bearable_daily_rate(room / Decimal::from(LONGEST_MONTH))
    });
    (rate, bearable, step)
}

/// The average cost of a day in the facility, and what the resident can pay of it beside the services.
fn by_costs(grounds: &Grounds<'_>) -> Result<(Decimal, Option<Decimal>, Step), Error> {
    let missing = |name: &str| Error::input(name, "is missing: § 107 is not decided without");
    let basis = grounds.basis.ok_or_else(|| missing("cost_basis"))?;
    let budget = grounds.budget.ok_or_else(|| missing("budget"))?;
    let (services, on) = (grounds.services, grounds.on);
    let made = calculate(basis, services, budget.clone(), grounds.template, grounds.made_by, on)?;
    let mut costs = Step::new("average cost of a day in the facility", articles::SERVICES_107.on(grounds.on));
    let figures = basis.figures();
    costs.input_text("facility", &figures.facility);
    for (name, amount) in
        [("rent", figures.rent), ("electricity", figures.electricity), ("heat", figures.heat)]
    {
        costs.input(&format!("{name} a year"), amount.unwrap_or_default());
    }
    costs.input("place days", Decimal::from(figures.place_days));
    costs.result("rate a day", made.stay_daily_rate);
    costs.rounding = Some("to whole øre, halves up".to_owned());
    let mut step = Step::new("rate that the resident can pay", articles::DECISION.on(grounds.on));
    step.input_text("template", grounds.template);
    step.input_text("calculated by", grounds.made_by);
    step.input("rate a day", made.stay_daily_rate);
    let of_services = step.input("services a day", made.services_daily_rate);
    let room = step.input("room for payment a month", budget.room());
    if of_services * Decimal::from(LONGEST_MONTH) > room {
        let problem = format!(
            "cost {of_services} kroner a day, more than the resident can pay ({room} kroner a month): leave some out"
        );
        return Err(Error::input("services", problem));
    }
    step.steps.push(costs);
    Ok((made.stay_daily_rate, Some(made.proposed_daily_rate), step))
}

/// The amount the caseworker sets, where there is one.
fn set(grounds: &Grounds<'_>, highest: Decimal, step: &mut Step) -> Result<Decimal, Error> {
    let Some(rate) = grounds.set else { return Ok(highest) };
    super::input::check_amount("daily_rate", Some(rate))?;
    if rate > highest {
        let problem = format!("is {rate}, above the {highest} kroner a day that the rules give");
        return Err(Error::input("daily_rate", problem));
    }
    Ok(step.input("set rate a day", rate))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dk_temporary_housing::{CostFigures, parameters};

    fn amount(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn budget(income: &str) -> Budget {
        let (home_costs, obligations, personal_needs) = (amount("0"), amount("500"), amount("2000"));
        Budget { income: amount(income), home_costs, obligations, personal_needs }
    }

    fn costs() -> CostBasis {
        CostBasis::of(CostFigures {
            facility: "north".to_owned(),
            valid_from: "2023-01-01".parse().unwrap(),
            valid_to: "2023-12-31".parse().unwrap(),
            rent: Some(amount("300000")),
            electricity: Some(amount("40000")),
            heat: Some(amount("25000")),
            place_days: 3_650,
            provisional: false,
            owner: "team".to_owned(),
        })
        .unwrap()
    }

    fn grounds<'a>(
        paragraph: Paragraph,
        basis: Option<&'a CostBasis>,
        budget: Option<&'a Budget>,
    ) -> Grounds<'a> {
        Grounds {
            paragraph,
            on: "2023-05-04".parse().unwrap(),
            basis,
            services: &[],
            own_home_kept: false,
            budget,
            comparable_rent: None,
            set: None,
            template: "2023-1",
            made_by: "egenbetaling",
        }
    }

    #[test]
    fn the_amount_is_the_rate_or_what_the_longest_month_can_bear() {
        let (costs, parameters) = (costs(), parameters().unwrap());
        for (paragraph, income, rate, statutory) in [
            (Paragraph::P107, "9000", "100", false),
            (Paragraph::P107, "4980", "80", false),
            (Paragraph::P107, "2400", "0", false),
            (Paragraph::P109, "9000", "93.38", true),
            (Paragraph::P110, "9000", "96.71", true),
            (Paragraph::P110, "3500", "32.25", false),
        ] {
            let budget = budget(income);
            let basis = (paragraph == Paragraph::P107).then_some(&costs);
            let found = propose(&grounds(paragraph, basis, Some(&budget)), &parameters).unwrap();
            assert_eq!(
                (found.daily_rate, found.statutory),
                (amount(rate), statutory),
                "{paragraph:?} {income}"
            );
        }
    }

    #[test]
    fn a_comparable_dwelling_and_the_caseworker_lower_the_amount_and_never_raise_it() {
        let (costs, budget, parameters) = (costs(), budget("9000"), parameters().unwrap());
        let base = grounds(Paragraph::P107, Some(&costs), Some(&budget));
        let with = |comparable: &str, set: Option<&str>| {
            let comparable_rent = Some(amount(comparable));
            propose(&Grounds { comparable_rent, set: set.map(amount), ..base.clone() }, &parameters)
        };
        assert_eq!(with("2000", None).unwrap().daily_rate, amount("64.51"));
        assert_eq!(with("9000", Some("70")).unwrap().daily_rate, amount("70"));
        let told = with("9000", Some("100.01")).unwrap_err().to_string();
        assert!(told.contains("above the 100 kroner a day"), "{told}");
    }

    #[test]
    fn a_day_without_a_rate_and_grounds_that_do_not_suffice_are_refused_by_name() {
        let (costs, budget, parameters) = (costs(), budget("9000"), parameters().unwrap());
        let later = Grounds { on: "2024-05-04".parse().unwrap(), ..grounds(Paragraph::P110, None, None) };
        let told = propose(&later, &parameters).unwrap_err().to_string();
        assert!(told.contains("daily_rate_110") && told.contains("2024"), "{told}");
        assert!(propose(&grounds(Paragraph::P107, Some(&costs), None), &parameters).is_err());
        assert!(propose(&grounds(Paragraph::P107, None, Some(&budget)), &parameters).is_err());
    }

    #[test]
    fn an_own_home_kept_costs_nothing_without_a_budget_for_it() {
        let grounds = Grounds { own_home_kept: true, ..grounds(Paragraph::P107, None, None) };
        assert_eq!(propose(&grounds, &parameters().unwrap()).unwrap().daily_rate, Decimal::ZERO);
    }

    #[test]
    fn services_that_the_resident_cannot_pay_are_refused() {
        let (costs, budget, parameters) = (costs(), budget("4980"), parameters().unwrap());
        let service = |rate: &str| ServiceInput {
            service: crate::dk_temporary_housing::ServiceKind::Food,
            name: "kost".to_owned(),
            daily_rate: amount(rate),
            opted_out_days: 0,
        };
        let with = |rate: &str| {
            let services = [service(rate)];
            let base = grounds(Paragraph::P107, Some(&costs), Some(&budget));
            propose(&Grounds { services: &services, ..base }, &parameters).map(|found| found.daily_rate)
        };
        assert_eq!(with("79").unwrap(), amount("1"));
        assert!(with("80.01").is_err());
    }
}
