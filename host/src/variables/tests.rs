use super::*;

fn declared(entries: &[(&str, Option<&str>)]) -> BTreeMap<String, Variable> {
    entries
        .iter()
        .map(|(name, default)| {
            let mut variable = Variable::default();
            variable.required = default.is_none();
            variable.default = default.map(str::to_owned);
            ((*name).to_owned(), variable)
        })
        .collect()
}

fn given(entries: &[(&str, &str)]) -> Vec<(String, String)> {
    entries
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect()
}

#[test]
fn the_command_line_beats_the_environment_and_both_beat_the_default() {
    let declared = declared(&[("a", Some("1")), ("b", Some("1")), ("c", Some("1"))]);
    let environment = |name: &str| match name {
        "SPIN_VARIABLE_A" | "SPIN_VARIABLE_B" => Some("2".to_owned()),
        _ => None,
    };
    let variables = Variables::resolve(&declared, &given(&[("a", "3")]), environment).unwrap();
    assert_eq!(variables.expand("{{ a }}{{b}}{{  c  }}").unwrap(), "321");
}

#[test]
fn required_variables_without_value_are_named() {
    let error = Variables::resolve(&declared(&[("x", None), ("y", None)]), &[], |_| None)
        .err()
        .unwrap();
    assert_eq!(error, VariableError::Missing("x, y".to_owned()));
}

#[test]
fn templates_are_strict() {
    let variables = Variables::resolve(&declared(&[("host", Some("h"))]), &[], |_| None).unwrap();
    assert_eq!(variables.expand("no template").unwrap(), "no template");
    assert_eq!(variables.expand("a{{host}}b{ }}").unwrap(), "ahb{ }}");
    assert!(matches!(
        variables.expand("{{ host"),
        Err(VariableError::Unmatched(_))
    ));
    let error = variables.expand("{{ hots }}").unwrap_err().to_string();
    assert_eq!(error, "unknown variable \"hots\"; [variables] has: host");
}

#[test]
fn an_undeclared_variable_on_the_command_line_is_an_error() {
    let error = Variables::resolve(
        &declared(&[("a", Some("1"))]),
        &given(&[("b", "2")]),
        |_| None,
    );
    assert!(matches!(error, Err(VariableError::Unknown { .. })));
}
