//! The letters as the debtor gets them, whole, and what cannot be written.

use super::super::{Input, Settings, assess, parameters};
use super::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn facts(input: &str) -> LetterFacts {
    let (parameters, settings) = (parameters().unwrap(), Settings::default());
    let input: Input = serde_json::from_str(input).unwrap();
    let assessment = assess(&input, &parameters, &settings).unwrap();
    let net = assessment.net_yearly_income;
    let row = net.and_then(|net| parameters.tables().row(net, input.on, &settings).unwrap());
    let months = ["2026-01", "2025-12"].map(|month| month.parse().unwrap());
    let income = match input.latest_months.as_slice() {
        [] => IncomeBasis::NotFound,
        nets => IncomeBasis::Months(
            months.into_iter().zip(nets.iter().map(|net| Money::dkk_half_up(*net))).collect(),
        ),
    };
    let claim = |claim: &str, month: &str, kroner| LetterClaim {
        claim: claim.to_owned(),
        month: month.parse().unwrap(),
        ground: "aktivloven § 91".to_owned(),
        left: Money::dkk(kroner),
    };
    LetterFacts {
        case: CaseId::parse("KTH-2026-000123").unwrap(),
        authority: Authority {
            name: "Eksempel Kommune".into(),
            contact: "Opkrævning, tlf. 00 00 00 00.".into(),
            complaint: "Du kan klage inden 4 uger. Klagen sendes til os.".into(),
        },
        written_on: day("2026-02-03"),
        provider: input.provider,
        benefit: None,
        income,
        source: "indkomstregisteret (eIndkomst)".to_owned(),
        fetched_on: day("2026-02-02"),
        row,
        claims: vec![claim("KT-1 <a>", "2024-11", 9_120), claim("KT-2", "2024-12", 11_880)],
        first_month: "2026-03".parse().unwrap(),
        first_due: day("2026-03-20"),
        previous: None,
        template: "2026-1".to_owned(),
        assessment,
    }
}

/// 20.400 a month: 244.800 a year, 18 percent, 3.672 a month.
const WITH_INCOME: &str = r#"{"on": "2026-02-03", "latest_months": ["21250", "20400"], "provider": false}"#;

fn noticed() -> Option<Noticed> {
    let (written_on, answer_by) = (day("2026-02-03"), day("2026-02-20"));
    Some(Noticed { written_on, answer_by, answered_on: None })
}

#[test]
fn a_notice_states_capacity_instalment_income_claims_debt_and_deadline() {
    let letter = NoticeLetter::new(facts(WITH_INCOME), day("2026-02-20"), 14).unwrap().render();
    insta::assert_snapshot!("notice_text", letter.text);
    assert!(letter.html.contains("&lt;a&gt;"));
}

#[test]
fn a_decision_states_everything_that_it_rests_on() {
    let facts = LetterFacts { previous: Some(Decimal::from(1_000)), ..facts(WITH_INCOME) };
    let ruling = Some("oplysningerne er bekræftet af registeret.".to_owned());
    let letter = DecisionLetter::new(facts, noticed(), ruling).unwrap().render();
    insta::assert_snapshot!("decision_html", letter.html);
    for figure in [
        "21.250,00",
        "20.400,00",
        "244.800,00",
        "242.990 kr. til under 248.130 kr.",
        "18 %",
        "3.672,00",
        "3.650,00",
        "21.000,00",
        "20. marts 2026",
    ] {
        assert!(letter.text.contains(figure), "{figure}: {}", letter.text);
    }
}

#[test]
fn a_fixed_instalment_says_that_nothing_is_known_of_the_income() {
    let fixed = facts(r#"{"on": "2023-02-03", "provider": true}"#);
    let letter = DecisionLetter::new(fixed, noticed(), None).unwrap().render();
    assert!(letter.text.contains("ingen aktuelle oplysninger") && !letter.text.contains("hentet fra"));
    insta::assert_snapshot!("fixed_text", letter.text);
}

#[test]
fn a_letter_cites_no_order_that_is_younger_than_it() {
    let written = |on: &str, input: &str| {
        let facts = LetterFacts { written_on: day(on), ..facts(input) };
        let letter = match facts.assessment.outcome {
            Outcome::Instalment => NoticeLetter::new(facts, day("2027-01-01"), 14).unwrap().render(),
            Outcome::SetAside { .. } => DecisionLetter::new(facts, None, None).unwrap().render(),
        };
        letter.text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let notice = r#"{"on": "2024-01-02", "latest_months": ["15500", "15000"], "provider": false}"#;
    let notice = written("2024-01-02", notice);
    assert!(!notice.contains("1110") && !notice.contains("§ 11,"), "{notice}");
    assert!(notice.contains("gældsinddrivelsesbekendtgørelsen § 10, stk. 1-2"), "{notice}");
    assert!(notice.contains("Afdragene bygger på BEK 585 af 24/05/2023"), "{notice}");
    let benefit = |on: &str| format!(r#"{{"on": "{on}", "provider": true, "benefit": "cash_assistance"}}"#);
    let deferral = written("2023-01-07", &benefit("2023-01-07"));
    assert!(
        !deferral.contains("BEK 585") && deferral.contains("(aktivloven kap. 12). Kravene"),
        "{deferral}"
    );
    assert!(deferral.contains("bygger på BEK 1617 af 27/12/2019"), "{deferral}");
    let fixed = written("2023-01-01", r#"{"on": "2023-01-01", "provider": true}"#);
    assert!(!fixed.contains("BEK 585") && fixed.contains("BEK 978 af 2017 § 5, stk. 2-3"), "{fixed}");
    assert!(written("2026-02-03", WITH_INCOME).contains("(BEK 1110 af 25/10/2024) § 11, stk. 2"));
}

#[test]
fn a_trace_cites_what_was_in_force_on_its_day() {
    let trace = |on: &str, means: &str| {
        let input = format!(r#"{{"on": "{on}", "provider": true, {means}}}"#);
        let input: Input = serde_json::from_str(&input).unwrap();
        assess(&input, &parameters().unwrap(), &Settings::default()).unwrap().trace.to_string()
    };
    let months = r#""latest_months": ["15500", "15000"]"#;
    let then = trace("2015-02-03", months);
    assert!(!then.contains("BEK") && !then.contains("SKM2018") && !then.contains("§ 11"), "{then}");
    assert!(trace("2026-02-03", months).contains("SKM2018.169.LSR"));
    let deferred = trace("2023-01-07", r#""benefit": "cash_assistance""#);
    assert!(!deferred.contains("BEK 585") && deferred.contains("BEK 978 af 2017 § 6"), "{deferred}");
}

#[test]
fn a_deferral_names_the_benefit_and_the_day_of_the_review() {
    let deferred = facts(r#"{"on": "2026-02-03", "provider": true, "benefit": "cash_assistance"}"#);
    let deferred = LetterFacts { benefit: Some("kontanthjælp".to_owned()), ..deferred };
    let letter = DecisionLetter::new(deferred, None, None).unwrap().render();
    assert!(!letter.text.contains("Kravene betales"), "nothing is paid");
    insta::assert_snapshot!("deferral_text", letter.text);
}

#[test]
fn reminder_determination_and_transfer_name_the_instalment_and_the_next_step() {
    let fee = Some(Money::dkk(250));
    let facts = facts(WITH_INCOME);
    let letter = |step| MissedLetter {
        case: facts.case.clone(),
        authority: facts.authority.clone(),
        written_on: day("2026-04-25"),
        month: "2026-04".parse().unwrap(),
        due_on: day("2026-04-20"),
        amount: Money::dkk(3_650),
        returned: None,
        step,
    };
    let reminder = MissedLetterStep::Reminder { fee, determined_on: day("2026-05-05"), days: 10 };
    insta::assert_snapshot!("reminder_text", letter(reminder).render().text);
    let determination = MissedLetterStep::Determination { transfer_from: day("2026-05-10"), days: 14 };
    insta::assert_snapshot!("determination_text", letter(determination).render().text);
    let returned = MissedLetter { returned: Some(day("2026-04-21")), ..letter(reminder) };
    let text = returned.render().text.replace('\n', " ");
    assert!(text.contains("meldt betalt den 21. april 2026, men betalingen er ført tilbage"), "{text}");
    assert!(!text.contains("Vi har ikke modtaget dit afdrag"), "{text}");
    insta::assert_snapshot!("transfer_text", letter(MissedLetterStep::Transfer).render().text);
}

#[test]
fn what_does_not_add_up_or_was_not_noticed_cannot_be_written() {
    let good = facts(WITH_INCOME);
    assert!(DecisionLetter::new(good.clone(), noticed(), None).is_ok());
    assert!(DecisionLetter::new(good.clone(), None, None).unwrap_err().to_string().contains("no notice"));
    assert!(NoticeLetter::new(good.clone(), good.written_on, 14).is_err());
    let kept = LetterFacts { previous: Some(Decimal::from(3_650)), ..good.clone() };
    assert!(DecisionLetter::new(kept, None, None).is_ok());
    let mut dearer = good.clone();
    dearer.assessment.monthly_instalment = Money::dkk(3_700);
    let mut other_income = good.clone();
    other_income.income = IncomeBasis::TaxYear(2024, Money::dkk(244_799));
    let without_claims = LetterFacts { claims: Vec::new(), ..good.clone() };
    let without_row = LetterFacts { row: None, ..good };
    for facts in [dearer, other_income, without_claims, without_row] {
        assert!(DecisionLetter::new(facts, noticed(), None).is_err());
    }
}
