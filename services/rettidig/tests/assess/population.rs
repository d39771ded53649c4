//! Many cases, one a line.

use super::{Desk, PLACEMENT, lines, stderr, stdout};

#[test]
fn a_population_keeps_its_order_and_tells_the_faults_of_a_line_without_stopping() {
    let desk = Desk::new();
    let case = |base: u32| PLACEMENT.replace("400000", &base.to_string());
    // More lines than a block, so that blocks and cores are put together again.
    let mut text: Vec<String> = (0..9_000_u32).map(|n| case(200_000 + n)).collect();
    text[7] = PLACEMENT.replace("2024", "2022");
    text[8] = String::new();
    text[8_999] = "{".to_owned();
    desk.file("population.jsonl", &(text.join("\n") + "\n"));
    let output = desk.assess(&["--population", "population.jsonl", "--out", "answers.jsonl"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("3 of 9000 cases cannot be assessed"), "{}", stderr(&output));
    let answers = lines(&std::fs::read_to_string(desk.folder.path().join("answers.jsonl")).unwrap());
    assert_eq!(answers.len(), 9_000);
    for (n, answer) in answers.iter().enumerate() {
        if [7, 8, 8_999].contains(&n) {
            assert_eq!(answer["line"], n + 1);
            assert!(answer["errors"][0]["path"].is_string());
            continue;
        }
        // 18 percent of what is above 155.900, in øre a year.
        let yearly = (44_100 + n) * 18;
        assert_eq!(answer["yearly_amount"], format!("{}.{:02}", yearly / 100, yearly % 100), "{n}");
        assert!(answer.get("trace").is_none());
    }
    assert_eq!(answers[7]["errors"][0]["path"], "year");
}

#[test]
fn a_file_of_lines_is_answered_on_the_standard_output() {
    let desk = Desk::new();
    desk.file("cases.jsonl", &format!("{PLACEMENT}\n{PLACEMENT}"));
    let output = desk.assess(&["cases.jsonl", "--trace", "json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let answers = lines(&stdout(&output));
    assert!(answers.len() == 2 && answers.iter().all(|answer| answer["trace"]["scheme"] == "dk-placement"));
    let over_itself = desk.assess(&["--population", "cases.jsonl", "--out", "cases.jsonl"]);
    assert_eq!(over_itself.status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(desk.folder.path().join("cases.jsonl")).unwrap().lines().count(), 2);
}
