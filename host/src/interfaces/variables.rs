//! `fermyon:spin/variables`: the values that a component may read.

use crate::bindings::fermyon::spin2_0_0::variables::{Error, Host};
use crate::state::State;
use crate::variable_name::validate_name;

impl Host for State {
    async fn get(&mut self, name: String) -> Result<String, Error> {
        if let Err(error) = validate_name(&name) {
            return Err(Error::InvalidName(error.to_string()));
        }
        match self.grants.variables.get(&name) {
            Some(value) => Ok(value.clone()),
            None => {
                let component = &self.grants.component;
                Err(Error::Undefined(format!(
                    "no variable for {component:?}.{name:?}"
                )))
            }
        }
    }
}
