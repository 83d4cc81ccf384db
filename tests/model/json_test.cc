#include "model/json.h"

#include <gmock/gmock.h>

#include <limits>

#include "base/random.h"
#include "model/json_attempt.h"
#include "model/json_plan.h"

namespace fleet::model {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

// Values of any type that has JSON, drawn from a seed.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() { return base::mix(state_++); }
  std::size_t below(std::size_t bound) { return bits() % bound; }

  void fill(bool& value) { value = below(2) == 1; }
  void fill(double& value) { value = base::unit_interval(bits()) * static_cast<double>(below(1000)); }
  void fill(Duration& value) { value = Duration(static_cast<std::int64_t>(bits() >> (14 + below(50)))); }
  void fill(TimePoint& value) { value = TimePoint(Duration(static_cast<std::int64_t>(bits() >> 14))); }
  void fill(TaskIndex& value) { value.value = static_cast<std::uint32_t>(below(4)); }
  void fill(ObjectId& value) {
    for (std::uint8_t& byte : value.bytes)
      byte = static_cast<std::uint8_t>(bits());
    if (below(4) == 0) value = {};
  }
  void fill(Location& value) { value = {static_cast<int>(below(3)), static_cast<int>(below(3))}; }
  void fill(std::string& value) {
    static const std::vector<std::string> kNasty{"",
                                                 "plain",
                                                 "\"quoted\\\" \n\t",
                                                 std::string("nul\0", 4),
                                                 "zażółć 🐱",
                                                 "\xff\xfe bytes",
                                                 "caf\xe9",
                                                 "{\"base64\": \"AA==\"}",
                                                 "\xed\xa0\x80"};
    value = kNasty[below(kNasty.size())];
    for (std::size_t i = below(4); i > 0; --i)
      value += static_cast<char>(bits());
  }
  template <std::integral T>
  void fill(T& value) {
    value = static_cast<T>(bits() >> below(64));
  }
  template <class E>
  requires std::is_enum_v<E>
  void fill(E& value) { value = static_cast<E>(below(base::EnumNames<E>::names.size())); }
  template <class T>
  void fill(std::optional<T>& value) {
    if (below(2) == 1) fill(value.emplace());
  }
  template <class T>
  void fill(std::vector<T>& values) {
    values.resize(below(4));
    for (T& value : values)
      fill(value);
  }
  template <class A, class B>
  void fill(std::pair<A, B>& value) {
    fill(value.first);
    fill(value.second);
  }
  template <class T>
  void fill(std::map<std::string, T>& values) {
    for (std::size_t i = below(4); i > 0; --i) {
      std::string name;
      fill(name);
      fill(values[name]);
    }
  }
  template <class... T>
  void fill(std::variant<T...>& value) {
    const std::array<void (*)(Generator&, std::variant<T...>&), sizeof...(T)> makers{
        [](Generator& self, std::variant<T...>& into) { self.fill(into.template emplace<T>()); }...};
    makers[below(sizeof...(T))](*this, value);
  }
  void fill(Graph& graph) {
    std::vector<std::vector<TaskIndex>> rows(below(5));
    for (std::uint32_t task = 1; task < rows.size(); ++task) {
      for (std::size_t i = below(3); i > 0; --i)
        rows[task].push_back({static_cast<std::uint32_t>(below(task))});
    }
    graph = Graph(rows);
  }
  template <class T>
  requires requires { Fields<T>::list; }
  void fill(T& value) {
    std::apply([&](const auto&... fields) { (fill(value.*(fields.member)), ...); }, Fields<T>::list);
  }

 private:
  std::uint64_t state_;
};

template <class T>
T mended(T value) {
  return value;
}
template <>
Outcome mended(Outcome outcome) {
  outcome.log = "log/a/1.log";
  return outcome;
}
template <>
ProcessIdentity mended(ProcessIdentity process) {
  process.pid = 2 + (process.pid & 0xffffff);
  return process;
}
// What holds a plan together is not random.
template <>
Plan mended(Plan plan) {
  plan.tasks.resize(plan.graph.size());
  int number = 0;
  for (PlannedTask& task : plan.tasks) {
    task.id = fmt::format("task.{}", ++number);
    task.retries.value &= 0xff;
    if (task.spec.retry) task.spec.retry->times &= 0xff;
    if (task.links.empty()) task.links.emplace_back();
    for (AgentLink& link : task.links)
      plan.agents[link.agent];
  }
  if (plan.tasks.size() < 4) plan.conflicts.clear();
  plan.settings.parallel.value = 1 + (plan.settings.parallel.value & 0xff);
  for (auto& [agent, cap] : plan.agent_parallel)
    cap = 1 + (cap & 0xff);
  return plan;
}

// Equal member by member: not by way of JSON, which could lose the same thing twice.
template <class T>
bool same(const T& a, const T& b);
struct Same {
  bool operator()(const Graph& a, const Graph& b) const {
    if (a.size() != b.size() || a.edge_count() != b.edge_count()) return false;
    for (std::uint32_t task = 0; task < a.size(); ++task) {
      if (!std::ranges::equal(a.needs({task}), b.needs({task}))) return false;
      if (!std::ranges::equal(a.dependents({task}), b.dependents({task}))) return false;
    }
    return true;
  }
  template <class T>
  bool operator()(const std::optional<T>& a, const std::optional<T>& b) const {
    return a.has_value() == b.has_value() && (!a || same(*a, *b));
  }
  template <class T>
  bool operator()(const std::vector<T>& a, const std::vector<T>& b) const {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), *this);
  }
  template <class A, class B>
  bool operator()(const std::pair<A, B>& a, const std::pair<A, B>& b) const {
    return same(a.first, b.first) && same(a.second, b.second);
  }
  template <class T>
  bool operator()(const std::map<std::string, T>& a, const std::map<std::string, T>& b) const {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), *this);
  }
  template <class... T>
  bool operator()(const std::variant<T...>& a, const std::variant<T...>& b) const {
    if (a.index() != b.index()) return false;
    return std::visit(
        [&](const auto& held) { return same(held, std::get<std::remove_cvref_t<decltype(held)>>(b)); }, a);
  }
  template <class T>
  bool operator()(const T& a, const T& b) const {
    if constexpr (requires { Fields<T>::list; }) {
      return std::apply(
          [&](const auto&... fields) { return (same(a.*(fields.member), b.*(fields.member)) && ...); },
          Fields<T>::list);
    } else {
      return a == b;
    }
  }
};
template <class T>
bool same(const T& a, const T& b) {
  return Same{}(a, b);
}

template <class T>
class RoundTrip : public testing::Test {};
using Types = testing::Types<Plan, Outcome, Usage, ProcessIdentity, Conflict, Requirement, RunEvent>;
TYPED_TEST_SUITE(RoundTrip, Types);

TYPED_TEST(RoundTrip, AnyValueIsReadBackFromItsText) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    TypeParam value{};
    Generator(seed * 1000).fill(value);
    value = mended(std::move(value));
    const std::string text = dump_json(to_json(value));
    const auto json = parse_json(text, "the text");
    ASSERT_TRUE(json) << json.error().message();
    const auto back = from_json<TypeParam>(*json, "the value");
    ASSERT_TRUE(back) << "seed " << seed << ": " << back.error().message();
    ASSERT_TRUE(same(*back, value)) << "seed " << seed << ": " << text;
    ASSERT_EQ(dump_json(to_json(*back)), text);
  }
}

TYPED_TEST(RoundTrip, TheDefaultIsReadBack) {
  const TypeParam value = mended(TypeParam{});
  const auto back = from_json<TypeParam>(to_json(value), "the value");
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_TRUE(same(*back, value));
}

// Wrong types at any place are an Error, never an exception or a crash.
TYPED_TEST(RoundTrip, DamageIsAnErrorOrAnotherValue) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    TypeParam value{};
    Generator generator(seed);
    generator.fill(value);
    const Json whole = to_json(mended(std::move(value))).flatten();
    for (const Json& instead : {Json(), Json(-1), Json(1e300), Json("x"), Json::array({1}), Json{{"y", 2}}}) {
      Json damaged = whole;
      auto place = damaged.begin();
      std::advance(place, generator.below(damaged.size()));
      if (instead.is_primitive()) *place = instead;
      Json nested = damaged.unflatten();
      if (!instead.is_primitive()) nested[Json::json_pointer(place.key())] = instead;
      (void)from_json<TypeParam>(nested, "the value");
    }
  }
}

TEST(Json, FollowsTheConventionsOfTheProduct) {
  Outcome outcome;
  outcome.verdict = Verdict::no_change;
  outcome.snapshot = *ObjectId::parse("0123456789012345678901234567890123456789");
  outcome.usage.wall = 1500ms;
  outcome.paths = {"a", "b\xff"};
  const Json json = to_json(outcome);
  EXPECT_EQ(json["verdict"], "no-change");
  EXPECT_EQ(json["snapshot"], "0123456789012345678901234567890123456789");
  EXPECT_EQ(json["usage"]["wall"], 1.5);
  EXPECT_EQ(json["output_size"], 0);
  EXPECT_EQ(json["paths"][1], Json({{"base64", "Yv8="}}));
  EXPECT_FALSE(json.contains("base"));
  EXPECT_FALSE(json.contains("reason"));

  RunEvent event;
  event.at = TimePoint(1795163460s + 123456us);
  EXPECT_EQ(to_json(event)["at"], "2026-11-20T08:31:00.123456Z");
}

TEST(Json, KeepsAbsentAndEmptyApart) {
  TaskSpec anything, nothing;
  nothing.writes.emplace();
  nothing.retry.emplace();
  EXPECT_FALSE(from_json<TaskSpec>(to_json(anything), "it")->writes);
  EXPECT_TRUE(from_json<TaskSpec>(to_json(nothing), "it")->writes);
  EXPECT_TRUE(from_json<TaskSpec>(to_json(nothing), "it")->retry);
}

template <class T>
std::string error_of(std::string_view text) {
  const auto value = from_json<T>(*parse_json(text, "the text"), "the value");
  return value ? "" : value.error().message();
}

TEST(ReadingJson, SaysWhereAndWhatIsWrong) {
  EXPECT_EQ(
      error_of<Outcome>(R"({"verdict": "doen"})"),
      "cannot read the value: at verdict: one of done, no-change, blocked, failed, timed-out, cancelled, "
      "interrupted is expected");
  EXPECT_THAT(error_of<Outcome>(R"({"programs": [{}, {"signal": "TERM"}]})"),
              HasSubstr("at programs[1].signal: a whole number"));
  EXPECT_THAT(error_of<Outcome>(R"({"outputs": {"a": 1}})"), HasSubstr("at outputs.a: a string"));
  EXPECT_THAT(error_of<Outcome>("[]"), HasSubstr("an object is expected"));
}

TEST(ReadingJson, RefusesFieldsThatItDoesNotKnow) {
  EXPECT_THAT(error_of<Usage>(R"({"wall": 1, "wal": 1})"), HasSubstr("unknown field `wal`"));
}

TEST(ReadingJson, RefusesNumbersOutOfRange) {
  EXPECT_THAT(error_of<Outcome>(R"({"changes": 4294967296})"), HasSubstr("at changes"));
  EXPECT_THAT(error_of<Outcome>(R"({"changes": -1})"), HasSubstr("at changes"));
  EXPECT_THAT(error_of<Outcome>(R"({"changes": 1.5})"), HasSubstr("at changes"));
  EXPECT_THAT(error_of<Usage>(R"({"wall": 1e18})"), HasSubstr("at wall"));
  EXPECT_EQ(
      from_json<Usage>(Json{{"peak_memory", std::numeric_limits<std::uint64_t>::max()}}, "it")->peak_memory,
      std::numeric_limits<std::uint64_t>::max());
}

TEST(ReadingJson, RefusesBase64ThatIsNot) {
  for (const char* text :
       {"A", "AA", "A===", "AA=A", "====", "AB==", "AAB=", "AA==AAAA", "A\xff==", "AA A"}) {
    EXPECT_FALSE(bytes_from_json(Json{{"base64", text}}, "the bytes")) << text;
  }
  EXPECT_EQ(*bytes_from_json(Json{{"base64", "/w=="}}, "the bytes"), "\xff");
  EXPECT_EQ(*bytes_from_json(Json{{"base64", "//8="}}, "the bytes"), "\xff\xff");
  EXPECT_EQ(*bytes_from_json(Json{{"base64", ""}}, "the bytes"), "");
}

// An imported run names files and processes of ours.
TEST(ReadingJson, RefusesLogsOutsideTheRunsFolder) {
  for (const char* log : {"/etc/passwd", "../x", "log/../../x", "log//x", "log/.", "log/"})
    EXPECT_THAT(error_of<Outcome>(Json{{"log", log}}.dump()), HasSubstr("outside the run's folder")) << log;
}

TEST(ReadingJson, RefusesPidsThatReachMoreThanOneProcess) {
  EXPECT_NE(error_of<ProcessIdentity>(R"({"pid": -1})"), "");
  EXPECT_NE(error_of<ProcessIdentity>(R"({"pid": 1})"), "");
  EXPECT_EQ(error_of<ProcessIdentity>(R"({"pid": 2})"), "");
}

TEST(ParsingJson, RefusesWhatIsNotJson) {
  for (const char* text : {"", "{", "{\"a\":1}x", "nan", "'a'", "\"\xff\"", "{\"a\":1,}"})
    EXPECT_FALSE(parse_json(text, "the text")) << text;
  EXPECT_FALSE(parse_json("[1, 2, 3]", "the text", 5));
  EXPECT_THAT(parse_json("{", "the text").error().message(), HasSubstr("cannot read the text: "));
}

TEST(ParsingJson, StandsAnyDepth) {
  const std::string deep(100'000, '[');
  EXPECT_FALSE(parse_json(deep, "the text"));
  const auto json = parse_json(deep + std::string(100'000, ']'), "the text");
  EXPECT_TRUE(json);
}

TEST(DumpingJson, NeverThrows) {
  EXPECT_EQ(dump_json(Json("a\xff")), "\"a\xef\xbf\xbd\"");
}

Json small_plan() {
  Plan plan;
  plan.graph = Graph({{}, {{TaskIndex{0}}}});
  plan.tasks.resize(2);
  plan.tasks[0].id = "a";
  plan.tasks[1].id = "b";
  plan.settings.parallel.value = 1;
  return to_json(plan);
}

TEST(ReadingAPlan, TakesOneThatHoldsTogether) {
  const auto plan = from_json<Plan>(small_plan(), "the plan");
  ASSERT_TRUE(plan) << plan.error().message();
  EXPECT_EQ(plan->graph.needs({1})[0], TaskIndex{0});
}

TEST(ReadingAPlan, RefusesOneThatDoesNot) {
  const auto error = [](const char* place, Json instead) {
    Json json = small_plan();
    json[Json::json_pointer(place)] = std::move(instead);
    const auto plan = from_json<Plan>(json, "the plan");
    return plan ? "" : plan.error().message();
  };
  EXPECT_THAT(error("/graph", {Json::array(), {1}}), HasSubstr("at graph[1]: a task can only need"));
  EXPECT_THAT(error("/graph", {Json::array(), {7}}), HasSubstr("a task can only need"));
  EXPECT_THAT(error("/graph", Json::array()), HasSubstr("2 tasks, but edges for 0"));
  EXPECT_THAT(error("/tasks/1/id", "a"), HasSubstr("two tasks are called a"));
  for (const char* id : {"../x", "", "a/b", ".a", "a..b", "a.lock", "-a", "a b", "a\n"})
    EXPECT_THAT(error("/tasks/1/id", id), HasSubstr("at tasks[1]: the id")) << id;
  EXPECT_THAT(error("/conflicts", Json::array({{{"first", 0}, {"second", 2}}})), HasSubstr("not there"));
  EXPECT_THAT(error("/settings/parallel/value", 0), HasSubstr("at settings: at least one"));
  EXPECT_THAT(error("/agent_parallel", {{"coder", 0}}), HasSubstr("at least one attempt"));
  EXPECT_THAT(error("/tasks/0/links", Json::array({{{"agent", "coder"}}})),
              HasSubstr("names an agent that is not there"));
  EXPECT_THAT(error("/tasks/0/spec/work", {{"prompt", {{"agent", "coder"}, {"text", "x"}}}}),
              HasSubstr("nobody does"));
}

}  // namespace
}  // namespace fleet::model
