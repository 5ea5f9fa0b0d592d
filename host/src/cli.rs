//! The command line: the flags of `spin up`, so that scripts can swap the two.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Runs a Spin app on wasmtime.
#[derive(Debug, Parser)]
#[command(name = "tonearm-host", version)]
pub struct Cli {
    /// The subcommand.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Starts an app and serves until SIGINT or SIGTERM.
    Up(Up),
    /// Compiles the components of an app, as `up` does when it starts, and prints the
    /// file with the machine code of each as JSON.
    Compile(Compile),
}

/// The flags of `compile`.
#[derive(Debug, Args)]
pub struct Compile {
    /// The manifest, or its folder.
    #[arg(short, long, value_name = "FILE", default_value = "spin.toml")]
    pub from: PathBuf,
    /// Folder for machine code if the user has no cache folder.
    #[arg(long, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
    /// Compiles only this component; may be repeated.
    #[arg(short, long = "component-id", value_name = "ID")]
    pub component_ids: Vec<String>,
}

/// The flags of `up`.
#[derive(Debug, Args)]
pub struct Up {
    /// The manifest, or its folder.
    #[arg(short, long, value_name = "FILE", default_value = "spin.toml")]
    pub from: PathBuf,
    /// Address to listen on for HTTP; port 0 picks a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Folder of the default store and database.
    #[arg(long, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
    /// Runtime configuration: locations of stores and databases.
    #[arg(long, value_name = "FILE")]
    pub runtime_config_file: Option<PathBuf>,
    /// Sets an application variable; may be repeated.
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub variables: Vec<(String, String)>,
    /// Starts only this component; may be repeated.
    #[arg(short, long = "component-id", value_name = "ID")]
    pub component_ids: Vec<String>,
    /// Limit of each linear memory of an instance.
    #[arg(long, value_name = "BYTES")]
    pub max_instance_memory: Option<usize>,
    /// Interval of health checks on components with a Redis trigger; 0 for none.
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    pub health_interval: u64,
    /// Prints each component's peak memory when the host exits (and on SIGUSR1).
    #[arg(long)]
    pub report_memory: bool,
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        // The text may be a secret, so the error must not repeat it.
        None => Err("write it as NAME=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_the_flags_of_spin_up() {
        let cli = Cli::try_parse_from([
            "tonearm-host",
            "up",
            "-f",
            "app/spin.toml",
            "--listen",
            "127.0.0.1:0",
            "--state-dir",
            "s",
            "--runtime-config-file",
            "r.toml",
            "--variable",
            "a=b=c",
            "--variable",
            "d=",
            "-c",
            "one",
            "--component-id",
            "two",
            "--max-instance-memory",
            "1000",
        ])
        .unwrap();
        let Command::Up(up) = cli.command else {
            panic!("not the subcommand up");
        };
        assert_eq!(up.listen.port(), 0);
        assert_eq!(
            up.variables,
            [("a".into(), "b=c".into()), ("d".into(), String::new())]
        );
        assert_eq!(up.component_ids, ["one", "two"]);
        assert_eq!(up.health_interval, 2);
    }

    #[test]
    fn a_variable_without_value_is_not_repeated() {
        let error = Cli::try_parse_from(["tonearm-host", "up", "--variable", "s3cret"]);
        assert!(error.unwrap_err().to_string().contains("NAME=VALUE"));
    }
}
