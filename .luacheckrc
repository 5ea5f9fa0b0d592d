-- luacheck: the scripts run inside Redis, whose Lua is 5.1.
std = "lua51"
read_globals = { "redis", "cjson", "KEYS", "ARGV" }
max_line_length = 120

-- The queue puts prelude.lua before every other script, so its locals are in scope there.
local prelude = io.open("crates/jobs/src/scripts/prelude.lua")
if prelude then
  for line in prelude:lines() do
    local names = line:match("^local function ([%w_]+)") or line:match("^local ([%w_, ]+)")
    for name in (names or ""):gmatch("[%w_]+") do
      table.insert(read_globals, name)
    end
  end
  prelude:close()
end
files["**/prelude.lua"] = { ignore = { "211" } } -- unused here, used by the others
