//! The body of an email, independent of its format.

use askama::Template;

use crate::MailError;
use crate::unlinked::unlinked;

/// An email's words.
#[derive(Template)]
#[template(path = "email.html")]
pub(crate) struct Document {
    pub(crate) subject: String,
    pub(crate) headline: String,
    pub(crate) blocks: Vec<Block>,
}

/// A part of the body.
pub(crate) enum Block {
    /// A paragraph.
    Text(String),
    /// The heading of what follows.
    Heading(String),
    /// A link.
    Link {
        /// Its text.
        label: &'static str,
        /// Its target.
        url: String,
    },
    /// A command for a shell.
    Command(String),
    /// The id of a file.
    FileId(String),
}

impl Document {
    /// The body as plain text.
    pub(crate) fn text(&self) -> String {
        let mut text = self.headline.clone();
        for block in &self.blocks {
            text.push_str("\n\n");
            match block {
                Block::Text(words) | Block::Heading(words) => text.push_str(words),
                Block::Link { label, url } => text.push_str(&format!("{label}: {url}")),
                Block::Command(command) => text.push_str(command),
                Block::FileId(id) => text.push_str(&format!("File id: {id}")),
            }
        }
        text.push('\n');
        text
    }

    /// The title of the page that the HTML is.
    fn title(&self) -> String {
        unlinked(&self.subject)
    }

    /// The body as HTML.
    ///
    /// # Errors
    /// [`MailError::Render`].
    pub(crate) fn html(&self) -> Result<String, MailError> {
        self.render()
            .map_err(|error| MailError::Render(error.to_string()))
    }
}
