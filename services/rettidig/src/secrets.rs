//! Secrets come from files or from the environment: a command line can be seen by everybody on the machine.

use crate::cli::WrongInput;
use clap::ArgMatches;
use clap::parser::ValueSource;
use secrecy::SecretString;
use std::path::Path;

/// Options whose value is a secret, and where it belongs instead.
const SECRETS: [(&str, &str); 3] = [
    ("erp_token", "in the file that ERP_TOKEN_FILE names, or in ERP_TOKEN"),
    ("push_token", "in RETTIDIG_PUSH_TOKEN"),
    ("token", "in RETTIDIG_ERP_TOKEN"),
];

/// The first line of a file that holds one secret, whatever ends it. `option` is what named the file.
pub fn read(path: &Path, option: &str) -> Result<SecretString, WrongInput> {
    let refused = |problem: String| WrongInput(format!("{option} {}: {problem}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| refused(format!("cannot be read: {error}")))?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() || secret.contains('\n') {
        return Err(refused("holds no secret: write it as one line".to_owned()));
    }
    Ok(SecretString::from(secret))
}

/// Refuses a secret on the command line, and does not repeat it.
pub fn not_on_command_line(matches: &ArgMatches) -> Result<(), WrongInput> {
    for id in matches.ids().map(clap::Id::as_str) {
        if matches.value_source(id) != Some(ValueSource::CommandLine) {
            continue;
        }
        let belongs = match id {
            "postgres_url" if raw(matches, id).any(|url| has_password(&url)) => {
                Some("in the file that POSTGRES_PASSWORD_FILE names, or in POSTGRES_URL")
            }
            "kafka_property" if raw(matches, id).any(|property| is_secret_property(&property)) => {
                Some("in the file that KAFKA_PASSWORD_FILE names, or in KAFKA_PROPERTIES")
            }
            id => SECRETS.iter().find(|(secret, _)| *secret == id).map(|(_, belongs)| *belongs),
        };
        if let Some(belongs) = belongs {
            let option = id.replace('_', "-");
            return Err(WrongInput(format!(
                "--{option} holds a secret, and everybody on this machine can see a command line: write it {belongs}"
            )));
        }
    }
    matches.subcommand().map_or(Ok(()), |(_, matches)| not_on_command_line(matches))
}

fn raw(matches: &ArgMatches, id: &str) -> impl Iterator<Item = String> {
    let values = matches.get_raw(id).into_iter().flatten();
    values.map(|value| value.to_string_lossy().into_owned()).collect::<Vec<_>>().into_iter()
}

/// `scheme://user:password@…`, or a parameter of that name.
fn has_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':')) || url.contains("password=")
}

fn is_secret_property(property: &str) -> bool {
    let name = property.split('=').next().unwrap_or_default();
    ["password", "key.pem", "secret", "jaas"].iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn read_back(content: &str) -> Result<String, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let secret = read(file.path(), "--a-file").map_err(|error| error.to_string())?;
        Ok(secret.expose_secret().to_owned())
    }

    #[test]
    fn a_secret_is_one_line_and_keeps_its_blanks() {
        assert_eq!(read_back("hunter 2 \r\n").unwrap(), "hunter 2 ");
        assert_eq!(read_back("hunter2").unwrap(), "hunter2");
    }

    #[test]
    fn a_file_without_a_secret_is_refused_and_nothing_of_it_is_shown() {
        for content in ["", "\n", "hunter2\nhunter3\n"] {
            let refused = read_back(content).unwrap_err();
            assert!(refused.starts_with("--a-file ") && !refused.contains("hunter"), "{refused}");
        }
        assert!(read(Path::new("/nowhere"), "--a-file").is_err());
    }

    #[test]
    fn a_password_in_a_url_and_a_property_that_holds_one_are_known() {
        for url in ["postgres://u:p@h/d", "postgresql://u:p@h:5/d?sslmode=x", "postgres://h/d?password=p"] {
            assert!(has_password(url), "{url}");
        }
        for url in ["postgres://u@h:5432/d", "postgres://h:5432/d", "postgres:///d?host=/run"] {
            assert!(!has_password(url), "{url}");
        }
        for property in ["sasl.password=p", "ssl.key.password=p", "ssl.key.pem=p", "sasl.jaas.config=p"] {
            assert!(is_secret_property(property), "{property}");
        }
        assert!(!is_secret_property("sasl.username=u") && !is_secret_property("client.id=password"));
    }
}
