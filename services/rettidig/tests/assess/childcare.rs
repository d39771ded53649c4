//! Cases of se-childcare.

use super::{CHILDCARE, Desk, stdout};
use serde_json::{Value, json};

const SIBLINGS: &str = "  - {id: c, born: 2014-05-01, care: after_school}
  - {id: b, born: 2016-05-01, care: after_school}
";
/// Norrköping takes 75 percent of the full fee from August of the year the child turns three.
const NORRKOEPING: &str = "settings: {reductions: [{name: autumn, source: norrkoping.se, care: preschool, \
    from: {turns: 3, on: 08-01}, fee: {percent_of_full: 75}}]}\n";

fn paths(faults: &[String]) -> Vec<&str> {
    faults.iter().map(|fault| fault.split(": ").next().unwrap()).collect()
}

#[test]
fn a_household_is_answered_with_a_line_a_child_in_the_order_of_the_case() {
    let mut answer = Desk::new().answer("case.yaml", &format!("{CHILDCARE}{SIBLINGS}"));
    assert_eq!(answer["trace"]["scheme"], "se-childcare");
    answer.as_object_mut().unwrap().remove("trace");
    // The youngest 3 percent in preschool, the two older ones 1 percent each in after-school care.
    let line = |child: &str, care: &str, order: u32, fee: &str| {
        json!({"child": child, "payable": fee, "fees": [{"from": "2024-03-01", "to": "2024-03-31", "care": care,
            "order": order, "reduction": null, "monthly_fee": fee}]})
    };
    let lines = json!([
        line("a", "preschool", 1, "900.00"),
        line("c", "after_school", 3, "300.00"),
        line("b", "after_school", 2, "300.00")
    ]);
    assert_eq!(answer, json!({"scheme": "se-childcare", "payable": "1500.00", "lines": lines}));
}

#[test]
fn without_a_declared_income_the_highest_fee_is_due_and_the_reasons_say_so() {
    let desk = Desk::new();
    let case = CHILDCARE.replace("monthly_income: \"30000\"\n", "");
    assert_eq!(desk.answer("case.yaml", &case)["payable"], "1688.00");
    let tree = stdout(&desk.assess(&["case.yaml", "--trace", "text"]));
    assert!(tree.starts_with("se-childcare\nfee of a household for a month (maxtaxa)"), "{tree}");
    assert!(tree.contains("< declared income = none"), "{tree}");
    assert!(tree.contains("| income_cap = 56250 SEK/month, from 2024-01-01"), "{tree}");
}

#[test]
fn without_the_municipality_only_the_national_rules_apply_and_with_it_its_own_too() {
    let desk = Desk::new();
    let august = CHILDCARE.replace("2024-03", "2024-08").replace("2022-05-01", "2021-05-01");
    assert_eq!(desk.answer("national.yaml", &august)["payable"], "900.00");
    let answer = desk.answer("municipal.yaml", &format!("{august}{NORRKOEPING}"));
    assert_eq!(answer["payable"], "675.00");
    assert_eq!(answer["lines"][0]["fees"][0]["reduction"], "autumn");
    let thirtieths = CHILDCARE.replace("preschool}", "preschool, from: 2024-03-22}");
    // 10 of 31 days, or 10 thirtieths, of 900.
    assert_eq!(desk.answer("days.yaml", &thirtieths)["payable"], "290.00");
    let thirtieths = thirtieths + "settings: {part_of_month: thirtieths}\n";
    assert_eq!(desk.answer("thirtieths.yaml", &thirtieths)["payable"], "300.00");
}

#[test]
fn a_place_ends_after_the_notice_or_at_once_by_a_move() {
    let desk = Desk::new();
    let ending = |end: &str| CHILDCARE.replace("preschool}", &format!("preschool, end: {end}}}"));
    for (name, end, payable) in [
        // Notice to 10 March: 10 of 31 days of 900. A move on the 5th leaves 4.
        ("notice.yaml", "{notice: {given_on: 2024-01-10}}", "290.00"),
        ("within.yaml", "{notice: {given_on: 2024-01-10, moved_on: 2024-03-05}}", "116.00"),
        ("move.yaml", "{move: {moved_on: 2024-03-05}}", "116.00"),
        ("later.yaml", "{notice: {given_on: 2024-02-10}}", "900.00"),
    ] {
        assert_eq!(desk.answer(name, &ending(end))["payable"], payable, "{name}");
    }
    let one_month = ending("{notice: {given_on: 2024-02-10}}") + "settings: {notice_months: 1}\n";
    assert_eq!(desk.answer("month.yaml", &one_month)["payable"], "290.00");
    let tree = stdout(&desk.assess(&["notice.yaml", "--trace", "text"]));
    assert!(tree.contains("> last day with a fee = 2024-03-10"), "{tree}");
}

#[test]
fn an_income_counts_from_its_day_or_from_the_day_that_its_declaration_has() {
    let desk = Desk::new();
    let changed = |change: &str| {
        CHILDCARE.replace(
            "children:",
            &format!("income_changes: [{{{change}, monthly_income: 10000}}]\nchildren:"),
        )
    };
    // 15 of 31 days at 900 and 16 at 300.
    assert_eq!(desk.answer("from.yaml", &changed("from: 2024-03-16"))["payable"], "590.00");
    let declared = changed("declared_on: 2024-03-16");
    assert_eq!(desk.answer("declared.yaml", &declared)["payable"], "590.00");
    let next_first = declared + "settings: {declaration_effect: next_first}\n";
    assert_eq!(desk.answer("next.yaml", &next_first)["payable"], "900.00");
    let before = next_first.replace("declared_on: 2024-03-16", "declared_on: 2024-02-16");
    assert_eq!(desk.answer("before.yaml", &before)["payable"], "300.00");
    let tree = stdout(&desk.assess(&["before.yaml", "--trace", "text"]));
    assert!(tree.contains("> counts from = 2024-03-01"), "{tree}");
}

#[test]
fn of_two_declarations_before_the_month_the_later_one_counts_in_any_order() {
    let desk = Desk::new();
    let earlier = "{declared_on: 2024-01-05, monthly_income: 20000}";
    let later = "{declared_on: 2024-02-05, monthly_income: 10000}";
    for changes in [format!("[{earlier}, {later}]"), format!("[{later}, {earlier}]")] {
        let case = CHILDCARE.replace("children:", &format!("income_changes: {changes}\nchildren:"));
        assert_eq!(desk.answer("case.yaml", &case)["payable"], "300.00", "{changes}");
    }
}

#[test]
fn the_faults_of_a_household_are_told_together_with_their_paths() {
    let desk = Desk::new();
    let case = json!({"scheme": "se-childcare", "month": "2024-03", "monthly_income": "-1",
        "income_changes": [
            {"declared_on": "2024-02-01", "monthly_income": "1"},
            {"monthly_income": "1"},
            {"from": "2024-04-01", "monthly_income": "1"}],
        "children": [
            {"id": "a", "born": "2024-05-01", "care": "preschool"},
            {"id": "b", "born": "2020-05-01", "care": "preschool", "to": "2024-03-05",
                "end": {"move": {"moved_on": "2024-03-05"}}},
            {"id": "c", "born": "2020-05-01", "care": "preschool", "from": "2024-03-05",
                "end": {"move": {"moved_on": "2024-03-05"}}}],
        "settings": {"notice_months": 13, "reductions": [
            {"name": "", "source": "s", "care": "preschool", "fee": {"percent_of_full": 75}}]}});
    let faults = desk.faults("facts.json", &case.to_string());
    assert_eq!(
        paths(&faults),
        [
            "children[0].born",
            "children[1].end",
            "children[2].end",
            "income_changes[1].from",
            "income_changes[2].from",
            "settings.notice_months",
            "settings.reductions[0].name"
        ],
        "{faults:?}"
    );
    let mut case: Value = case;
    case["settings"]["reductions"][0]["fee"] = json!({"percents": {"first": "x", "second": "1"}});
    case["children"][0]["care"] = json!("school");
    case["children"][1]["end"] = json!({"move": {"moved": "2024-03-05"}});
    let faults = desk.faults("shape.json", &case.to_string());
    assert_eq!(
        paths(&faults),
        [
            "children[0].care",
            "children[1].end.move.moved",
            "children[1].end.move.moved_on",
            "settings.reductions[0].fee.percents.first",
            "settings.reductions[0].fee.percents.third"
        ],
        "{faults:?}"
    );
}

#[test]
fn hours_that_decide_are_asked_of_every_child_that_lacks_them() {
    let case = format!("{CHILDCARE}  - {{id: b, born: 2020-05-01, care: preschool, weekly_hours: 20}}\n")
        + "  - {id: c, born: 2020-06-01, care: preschool}\n"
        + "settings: {reductions: [{name: short, source: vaxjo.se, care: preschool, hours_at_most: 15, \
            fee: {percents: {first: \"2.5\", second: \"1.5\", third: 1}}}]}\n";
    let faults = Desk::new().faults("case.yaml", &case);
    assert_eq!(paths(&faults), ["children[0].weekly_hours", "children[2].weekly_hours"], "{faults:?}");
}

#[test]
fn two_reductions_at_once_are_refused_as_settings() {
    let august = CHILDCARE.replace("2024-03", "2024-08").replace("2022-05-01", "2021-05-01");
    let twice = NORRKOEPING.replace("settings: {reductions: [", "").replace("]}\n", "");
    let case =
        format!("{august}settings: {{reductions: [{twice}, {}]}}\n", twice.replace("autumn", "winter"));
    let faults = Desk::new().faults("case.yaml", &case);
    assert_eq!(paths(&faults), ["settings.reductions"], "{faults:?}");
}

#[test]
fn a_year_whose_cap_was_not_found_is_refused_by_scheme_parameter_and_date() {
    let faults = Desk::new().faults("case.yaml", &CHILDCARE.replace("2024-03", "2026-03"));
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(
        faults[0]
            .starts_with("month: se-childcare: no value of the parameter `income_cap` holds on 2026-03-01"),
        "{faults:?}"
    );
}
