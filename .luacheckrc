-- luacheck: the scripts run inside Redis, whose Lua is 5.1.
std = "lua51"
read_globals = { "redis", "cjson", "KEYS", "ARGV" }
max_line_length = 120

-- The queue puts these files before every other script, so their locals are in scope there.
for _, name in ipairs({ "prelude", "prelude_again", "prelude_batch", "prelude_mail", "prelude_letters", "prelude_uploads" }) do
  local prelude = assert(io.open("crates/jobs/src/scripts/" .. name .. ".lua"))
  for line in prelude:lines() do
    local locals = line:match("^local function ([%w_]+)") or line:match("^local ([%w_, ]+)")
    for one in (locals or ""):gmatch("[%w_]+") do
      table.insert(read_globals, one)
    end
  end
  prelude:close()
end
files["**/prelude*.lua"] = { ignore = { "211" } } -- unused here, used by the others
