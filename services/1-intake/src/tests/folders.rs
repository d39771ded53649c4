//! Drop directories: what cannot be read, what lies there still, what cannot be moved away, what comes late.

use super::*;
use crate::directory::Stamp;
use crate::evidence::FILE_BYTES_MAX;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

/// Code and file of what could not be read as a file.
fn refusals(letters: &[DeadLetter]) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for letter in letters {
        if let DeadLetter::Refused(refused) = letter
            && let messages::RefusedAt::File { file, line: 0, .. } = &refused.at
        {
            found.push((refused.code.as_str(), file.as_str()));
        }
    }
    found.sort_unstable();
    found
}

#[tokio::test]
async fn what_cannot_be_read_is_told_once_and_tried_again_and_the_others_are_taken() {
    let place = Place::new();
    let drop_folder = place.folder.path().join("drop");
    fs::create_dir_all(drop_folder.join("610101-1234.xml")).unwrap();
    fs::create_dir(drop_folder.join("archive")).unwrap();
    fs::create_dir(drop_folder.join("lost+found")).unwrap();
    symlink("nowhere", drop_folder.join("b.jsonl")).unwrap();
    let _pipe = UnixListener::bind(drop_folder.join("c.jsonl")).unwrap();
    fs::write(drop_folder.join(OsStr::from_bytes(b"d\xff.jsonl")), COMMAND).unwrap();
    fs::write(drop_folder.join("e.jsonl"), COMMAND.replace("NUMBER", "2")).unwrap();
    let mut intake = place.intake().await;
    let taken = intake.take_directory(&drop_folder, day("2023-04-03")).await.unwrap();
    let names: Vec<&str> = taken.iter().map(|taken| taken.entry.name.as_str()).collect();
    assert_eq!(names, ["d\u{fffd}.jsonl", "e.jsonl"]);
    assert_eq!(intake.take_directory(&drop_folder, day("2023-04-04")).await.unwrap(), []);
    let unreadable = "file_unreadable";
    let expected = ["archive", "b.jsonl", "c.jsonl", "….xml"].map(|name| (unreadable, name));
    assert_eq!(refusals(&place.dead_letters().await), expected, "each once, however often it is tried");

    // It lasts through a restart; one becomes readable, the others go away.
    drop(intake);
    fs::write(drop_folder.join("nowhere"), COMMAND.replace("NUMBER", "3")).unwrap();
    fs::remove_dir(drop_folder.join("610101-1234.xml")).unwrap();
    fs::remove_dir(drop_folder.join("archive")).unwrap();
    fs::remove_file(drop_folder.join("c.jsonl")).unwrap();
    let mut intake = place.intake().await;
    let taken = intake.take_directory(&drop_folder, day("2023-04-05")).await.unwrap();
    assert!(taken.iter().any(|taken| taken.entry.name == "b.jsonl" && !taken.duplicate));
    let letters = place.dead_letters().await;
    assert_eq!(refusals(&letters), expected);
    let told = |outcome: &str| {
        let settled =
            |letter: &&DeadLetter| matches!(letter, DeadLetter::Settled { outcome: is, .. } if is == outcome);
        letters.iter().filter(settled).count()
    };
    assert_eq!((told("read"), told("gone")), (1, 3));
    let keys = |wanted: &str| -> BTreeSet<String> {
        let of = |letter: &&DeadLetter| messages::Content::kind(*letter) == wanted;
        letters.iter().filter(of).map(messages::Content::key).collect()
    };
    assert_eq!(keys("refused"), keys("settled"), "an alert ends under the key it began under");
}

#[tokio::test]
async fn a_file_that_lies_there_as_it_did_is_not_read_again_and_one_that_is_written_anew_is() {
    let place = Place::new();
    let drop_folder = place.folder.path().join("drop");
    fs::create_dir(&drop_folder).unwrap();
    fs::write(drop_folder.join("a.jsonl"), COMMAND).unwrap();
    let mut intake = place.intake().await;
    let today = day("2023-04-03");
    assert_eq!(intake.take_directory(&drop_folder, today).await.unwrap().len(), 1);
    assert_eq!(intake.take_directory(&drop_folder, today).await.unwrap(), []);
    fs::write(drop_folder.join("a.jsonl"), COMMAND.replace("NUMBER", "2")).unwrap();
    let taken = intake.take_directory(&drop_folder, today).await.unwrap();
    assert!(taken.len() == 1 && !taken[0].duplicate);
}

#[tokio::test]
async fn a_file_that_was_taken_and_cannot_be_moved_away_holds_nobody_up() {
    let place = Place::new();
    let drop_folder = place.folder.path().join("drop");
    fs::create_dir(&drop_folder).unwrap();
    fs::write(drop_folder.join("a.jsonl"), COMMAND).unwrap();
    fs::write(drop_folder.join("b.jsonl"), COMMAND.replace("NUMBER", "2")).unwrap();
    let done = place.folder.path().join("done");
    fs::write(&done, "a file where the directory is to be").unwrap();
    let mut intake = place.intake().await;
    intake.config.done_dir = Some(done.clone());
    let today = day("2023-04-03");
    assert_eq!(intake.take_directory(&drop_folder, today).await.unwrap().len(), 2);
    fs::remove_file(&done).unwrap();
    assert!(intake.take_directory(&drop_folder, today).await.unwrap().iter().all(|taken| taken.duplicate));
    assert_eq!(fs::read_dir(&done).unwrap().count(), 2);
}

#[tokio::test]
async fn what_is_put_in_the_place_of_a_file_while_that_is_taken_is_not_moved_away() {
    let place = Place::new();
    let drop_folder = place.folder.path().join("drop");
    fs::create_dir(&drop_folder).unwrap();
    let (path, new) = (drop_folder.join("a.jsonl"), drop_folder.join("new.part"));
    fs::write(&path, COMMAND).unwrap();
    let lay = Stamp::of(&fs::metadata(&path).unwrap());
    fs::write(&new, COMMAND.replace("NUMBER", "2")).unwrap();
    fs::rename(&new, &path).unwrap();
    let mut intake = place.intake().await;
    let done = place.folder.path().join("done");
    intake.config.done_dir = Some(done.clone());
    intake.move_away(&path, &lay);
    assert!(path.exists() && !done.exists());
    assert_eq!(intake.take_directory(&drop_folder, day("2023-04-03")).await.unwrap().len(), 1);
    assert!(!path.exists() && done.join("a.jsonl").exists());
}

#[tokio::test]
async fn a_file_of_more_than_4_gib_is_refused_before_a_byte_is_copied() {
    let place = Place::new();
    let drop_folder = place.folder.path().join("drop");
    fs::create_dir(&drop_folder).unwrap();
    // A hole: it takes no room.
    fs::File::create(drop_folder.join("a.jsonl")).unwrap().set_len(FILE_BYTES_MAX + 1).unwrap();
    let mut intake = place.intake().await;
    assert!(intake.take_directory(&drop_folder, day("2023-04-03")).await.unwrap().is_empty());
    let told = place.dead_letters().await;
    assert!(
        matches!(&told[..], [DeadLetter::Refused(refused)] if refused.code == "file_too_large"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_file_of_a_day_that_has_passed_comes_late_and_once_by_content() {
    let place = Place::new();
    let passed = place.folder.path().join("2023-04-03");
    fs::create_dir(&passed).unwrap();
    fs::write(passed.join("a.jsonl"), COMMAND).unwrap();
    let mut intake = place.intake().await;
    intake.take_directory(&passed, day("2023-04-03")).await.unwrap();
    fs::write(passed.join("b.jsonl"), COMMAND).unwrap();
    fs::write(passed.join("c.jsonl"), COMMAND.replace("NUMBER", "2")).unwrap();
    assert_eq!(intake.untaken(&passed).await.unwrap(), 1, "known by its content, whatever its name");
    fs::create_dir(passed.join("no-file")).unwrap();
    for _ in 0..2 {
        intake.take_late(&passed, day("2023-04-03"), day("2023-04-06")).await.unwrap();
    }
    assert_eq!(intake.untaken(&passed).await.unwrap(), 0);
    let report = intake.report().await.unwrap();
    assert_eq!((report.accepted, report.late), (2, 1));
    let late =
        intake.files(None, 9).await.unwrap().into_iter().find(|entry| entry.name == "c.jsonl").unwrap();
    assert_eq!((late.day, late.meant_for), (day("2023-04-06"), Some(day("2023-04-03"))));
}
