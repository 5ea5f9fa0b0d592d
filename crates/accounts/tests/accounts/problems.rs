//! The problem document of each error.

use tonearm_accounts::{AccountsError, Credentials, DatabaseError, Email, Password, PublishError};
use tonearm_letters::LetterError;
use tonearm_problem::Problem;
use tonearm_tokens::TokenError;

#[test]
fn all() {
    let email = Email::parse("x").unwrap_err();
    let ada = Email::parse("ada@example.com").unwrap();
    let password = Password::choose(String::new().into(), &ada).unwrap_err();
    let form = Some("application/x-www-form-urlencoded");
    let missing = Credentials::from_request(None, form, b"{}").unwrap_err();
    let errors = [
        email,
        password,
        AccountsError::CredentialsMissing,
        AccountsError::BasicMalformed,
        AccountsError::BodyMalformed("Line 1, column 1: this is not JSON.".to_owned()),
        missing,
        AccountsError::MediaType,
        AccountsError::EmailTaken,
        AccountsError::Unauthorized,
        AccountsError::Throttled(16),
        AccountsError::NewPassword("The rule."),
        AccountsError::PasswordWrong,
        AccountsError::LinkInvalid,
        AccountsError::AddressUnconfirmed,
        AccountsError::LettersThrottled(86_400),
        AccountsError::Token(TokenError::Missing),
        AccountsError::TokenRevoked,
        AccountsError::NotOfSession,
        AccountsError::SessionUnknown,
        AccountsError::Letter(LetterError::KeyMissing),
        AccountsError::Publish(PublishError("secret detail".to_owned())),
        AccountsError::Database(DatabaseError::Other("secret detail".to_owned())),
    ];
    let all: Vec<String> = errors
        .iter()
        .map(|error| String::from_utf8(Problem::from(error).to_body()).unwrap())
        .collect();
    let all = all.concat();
    assert!(!all.contains("secret detail"));
    insta::assert_snapshot!(all);
}
