//! Invalid settings and their errors.

use tonearm_mail::{MailError, Settings, Variables};

use crate::variables;

type Change = fn(&mut Variables);

#[test]
fn each_error_names_its_variable() {
    let cases: &[(&str, Change)] = &[
        ("smtp", |_| {}),
        ("", |_| {}),
        ("resend", |v| v.api_key = String::new().into()),
        ("sendgrid", |v| v.api_key = String::new().into()),
        ("postmark", |v| v.api_key = "two words".to_owned().into()),
        ("mailgun", |v| v.api_key = "line\nbreak".to_owned().into()),
        ("mailgun", |v| v.domain = String::new()),
        ("mailgun", |v| v.domain = "a/b".to_owned()),
        ("generic", |v| v.api_path = String::new()),
        ("generic", |v| v.api_path = "emails".to_owned()),
        ("generic", |v| v.api_url = String::new()),
        ("generic", |v| v.api_url = "localhost:3000".to_owned()),
        ("generic", |v| v.api_url = "ftp://localhost".to_owned()),
        ("resend", |v| {
            v.api_url = "https://api.resend.com/emails".to_owned()
        }),
        ("generic", |v| {
            v.api_url = "https://user:secret@host".to_owned()
        }),
        ("generic", |v| v.from = String::new()),
        ("generic", |v| v.from = "a@b\r\nBcc: c@d".to_owned()),
    ];
    let errors: Vec<String> = cases
        .iter()
        .map(|(provider, change)| {
            let mut variables = variables(provider);
            change(&mut variables);
            match Settings::parse(&variables) {
                Err(error @ MailError::Setting { .. }) => format!("{provider}: {error}"),
                other => panic!("{provider}: {other:?}"),
            }
        })
        .collect();
    let errors = errors.join("\n");
    assert!(!errors.contains("secret"));
    insta::assert_snapshot!(errors);
}

#[test]
fn white_space_and_case_are_ignored() {
    let mut variables = variables(" Resend\n");
    variables.api_url = " https://api.resend.com/ ".to_owned();
    variables.api_path = String::new();
    variables.api_key = " key\n".to_owned().into();
    variables.domain = String::new();
    assert!(Settings::parse(&variables).is_ok());
}

#[test]
fn debug_hides_the_key() {
    let settings = crate::settings("resend");
    assert!(!format!("{settings:?}").contains("key-0123456789"));
}
