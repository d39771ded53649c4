//! Every parser of what comes from outside, fed with what is nearly right and with what is hostile. The long version with
//! coverage is `tests/fuzz/run`.

mod parsers;

use proptest::prelude::*;
use std::time::{Duration, Instant};

const CPR: &[u8] = include_bytes!("../../services/1-intake/testdata/U12170-P-110901.txt");
const INCOME: &[u8] = include_bytes!("../../services/1-intake/testdata/eindkomst-response.xml");
const COMMANDS: &[u8] = include_bytes!("../../schemas/case-command.examples.jsonl");
const STRATEGY: &[u8] = include_bytes!("../../services/2-routing/data/advis-strategy.yaml");
const MESSAGE: &[u8] = include_bytes!("../../schemas/invoice.commands/examples/charge.json");
const PAGE: &[u8] = br#"{"entries":[{"kind":"document","seq":1,"document_no":"D1"}],"next":1,"more":false}"#;

/// Pieces that mean something to one parser or another.
const PIECES: [&[u8]; 20] = [
    b"\n",
    b"\0",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"<",
    b">",
    b"&",
    b"&amp;",
    b"<!DOCTYPE a>",
    b"\xff\xfe",
    b"999",
    b"000",
    b"0992105440645202304031200A01\n",
    b"-1e999",
    b"null",
    b": &a [*a]",
    b"99999999999999999999",
];

/// No machine of ours takes longer for what is this small.
const LONGEST: Duration = Duration::from_secs(20);

/// What is done to a sample.
#[derive(Debug, Clone)]
enum Edit {
    Flip(usize, u8),
    Cut(usize, usize),
    Repeat(usize, usize),
    Insert(usize, usize),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = prop_oneof![
        (any::<usize>(), 0u8..8).prop_map(|(at, bit)| Edit::Flip(at, bit)),
        (any::<usize>(), 1usize..200).prop_map(|(at, length)| Edit::Cut(at, length)),
        (any::<usize>(), 1usize..200).prop_map(|(at, length)| Edit::Repeat(at, length)),
        (any::<usize>(), 0..PIECES.len()).prop_map(|(at, piece)| Edit::Insert(at, piece)),
    ];
    proptest::collection::vec(edit, 1..12)
}

fn edited(sample: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = sample.to_vec();
    for edit in edits {
        let length = bytes.len().max(1);
        let range = |at: usize, by: usize| at % length..(at % length + by).min(bytes.len());
        match *edit {
            Edit::Flip(at, bit) => {
                if let Some(byte) = bytes.get_mut(at % length) {
                    *byte ^= 1 << bit;
                }
            }
            Edit::Cut(at, by) => drop(bytes.drain(range(at, by))),
            Edit::Repeat(at, by) => {
                let copy = bytes[range(at, by)].to_vec();
                let at = at % length;
                bytes.splice(at..at, copy);
            }
            Edit::Insert(at, piece) => {
                let at = (at % length).min(bytes.len());
                bytes.splice(at..at, PIECES[piece].iter().copied());
            }
        }
    }
    bytes
}

macro_rules! nearly_right {
    ($($name:ident: $parser:ident of $sample:expr, $cases:expr;)*) => {
        proptest! {$(
            #![proptest_config(ProptestConfig::with_cases($cases))]
            #[test]
            fn $name(edits in edits()) {
                parsers::$parser(&edited($sample, &edits));
            }
        )*}
    };
}

mod nearly_right {
    use super::*;
    nearly_right! { an_extract: cpr_extract of CPR, 256; }
    nearly_right! { an_income_answer: income_answer of INCOME, 2_000; }
    nearly_right! { case_commands: case_commands of COMMANDS, 2_000; }
    nearly_right! { configuration: configuration of STRATEGY, 1_000; }
    nearly_right! { an_answer_of_the_erp: erp_answer of PAGE, 2_000; }
    nearly_right! { a_message: message of MESSAGE, 2_000; }
}

/// What is made to hurt: depth, length, entities, aliases, and bytes that are no text.
fn hostile() -> Vec<Vec<u8>> {
    let many = |piece: &str, times: usize| piece.repeat(times).into_bytes();
    let entities = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>\
                    <a>&c;</a>";
    let aliases = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n\
                   d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n";
    vec![
        Vec::new(),
        vec![0xff; 100_000],
        vec![0; 100_000],
        many("[", 100_000),
        many("{\"a\":", 100_000),
        many("<a>", 100_000),
        many("<a b=\"", 20_000),
        many("a: ", 100_000),
        many("- ", 100_000),
        many("{", 100_000),
        many("001", 100_000),
        many("9", 1_000_000),
        entities.into(),
        aliases.into(),
        [b"{\"id\": \"".as_slice(), &many("x", 1_000_000), b"\"}"].concat(),
    ]
}

#[test]
fn what_is_made_to_hurt_is_refused_in_bounded_time() {
    type Parser = fn(&[u8]);
    let feed: [(&str, Parser); 6] = [
        ("extract", parsers::cpr_extract),
        ("income answer", parsers::income_answer),
        ("case commands", parsers::case_commands),
        ("configuration", parsers::configuration),
        ("answer of the ERP", parsers::erp_answer),
        ("message", parsers::message),
    ];
    for (number, bytes) in hostile().iter().enumerate() {
        for (name, parser) in &feed {
            let begun = Instant::now();
            parser(bytes);
            assert!(begun.elapsed() < LONGEST, "{name} took {:?} for number {number}", begun.elapsed());
        }
    }
}
