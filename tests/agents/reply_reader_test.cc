// What the providers stream, made into replies. The streams are as their SDKs' types and documentation have
// them.
#include "agents/reply_reader.h"

#include <gmock/gmock.h>

#include "agents/api_failure.h"
#include "agents/model_api.h"

namespace fleet::agents {
namespace {

using model::AgentFailure;
using model::Tokens;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

net::HttpHead head_of(int status, std::vector<net::Header> headers = {}) {
  if (headers.empty())
    headers = {{"content-type", status == 200 ? "text/event-stream; charset=utf-8" : "application/json"}};
  return {status, std::move(headers)};
}

Reply read(const ModelApi& api, const net::HttpHead& head, std::string_view body,
           std::size_t piece = SIZE_MAX) {
  const auto reader = api.make_reader();
  reader->begin(head);
  for (std::size_t at = 0; at < body.size(); at += std::min(piece, body.size() - at))
    EXPECT_TRUE(reader->feed(body.substr(at, piece)));
  return reader->finish();
}

std::string events(std::initializer_list<const char*> data) {
  std::string stream;
  for (const char* each : data)
    stream += std::string("data: ") + each + "\n\n";
  return stream;
}

void expect_same(const Reply& left, const Reply& right, std::size_t piece) {
  EXPECT_EQ(left.is_whole, right.is_whole) << piece;
  EXPECT_EQ(left.turn.text, right.turn.text) << piece;
  EXPECT_EQ(left.turn.native, right.turn.native) << piece;
  EXPECT_EQ(left.stop, right.stop) << piece;
  EXPECT_EQ(left.cost, right.cost) << piece;
  ASSERT_EQ(left.turn.calls.size(), right.turn.calls.size()) << piece;
  for (std::size_t i = 0; i < left.turn.calls.size(); ++i)
    EXPECT_EQ(left.turn.calls[i].arguments, right.turn.calls[i].arguments) << piece;
}

Reply read_in_all_pieces(const ModelApi& api, const std::string& stream) {
  Reply whole = read(api, head_of(200), stream);
  for (std::size_t piece = 1; piece < 60; ++piece)
    expect_same(read(api, head_of(200), stream, piece), whole, piece);
  return whole;
}

TEST(AnthropicMessages, AreReadWithThoughtsWordsAndCalls) {
  const Reply reply = read_in_all_pieces(
      kAnthropicMessages,
      events(
          {R"({"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"usage":{"input_tokens":25,"cache_creation_input_tokens":7,"cache_read_input_tokens":100,"output_tokens":1}}})",
           R"({"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}})",
           R"({"type":"ping"})",
           R"({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Let me "}})",
           R"({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"see."}})",
           R"({"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}})",
           R"({"type":"content_block_stop","index":0})",
           R"({"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}})",
           R"({"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Gr\u00fc\u00dfe \ud83d\ude00"}})",
           R"({"type":"content_block_stop","index":1})",
           R"({"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"read_file","input":{}}})",
           R"({"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":""}})",
           R"({"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"pa"}})",
           R"({"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"th\":\"a.ts\"}"}})",
           R"({"type":"content_block_stop","index":2})",
           R"({"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_2","name":"list_files","input":{}}})",
           R"({"type":"content_block_stop","index":3})",
           R"({"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":89}})",
           R"({"type":"message_stop"})"}));
  EXPECT_TRUE(reply.is_whole);
  EXPECT_FALSE(reply.error);
  EXPECT_EQ(reply.stop, Stop::calls);
  EXPECT_EQ(reply.model, "claude-x");
  EXPECT_EQ(reply.turn.text, "Grüße 😀");
  ASSERT_THAT(reply.turn.calls, SizeIs(2));
  EXPECT_EQ(reply.turn.calls[0].id, "toolu_1");
  EXPECT_EQ(reply.turn.calls[0].arguments, R"({"path":"a.ts"})");
  EXPECT_EQ(reply.turn.calls[1].arguments, "{}");
  EXPECT_EQ(reply.cost.tokens, (Tokens{25, 100, 7, 89}));
  EXPECT_EQ(
      reply.turn.native,
      Json::parse(
          R"([{"type":"thinking","thinking":"Let me see.","signature":"c2ln"},{"type":"text","text":"Grüße 😀"},
              {"type":"tool_use","id":"toolu_1","name":"read_file","input":{"path":"a.ts"}},
              {"type":"tool_use","id":"toolu_2","name":"list_files","input":{}}])"));
}

TEST(AnthropicMessages, AnErrorInTheMiddleIsOne) {
  const Reply reply = read(
      kAnthropicMessages, head_of(200),
      events(
          {R"({"type":"message_start","message":{"id":"m","model":"c","usage":{"input_tokens":3,"output_tokens":1}}})",
           R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})"}));
  EXPECT_FALSE(reply.is_whole);
  ASSERT_TRUE(reply.error);
  EXPECT_EQ(reply.error->failure, AgentFailure::overload);
  EXPECT_EQ(reply.cost.tokens, (Tokens{3, 0, 0, 1})) << "it was paid for";
}

TEST(AnthropicMessages, AStreamThatIsCutIsNotWhole) {
  const Reply reply = read(
      kAnthropicMessages, head_of(200),
      events(
          {R"({"type":"message_start","message":{"id":"m","model":"c","usage":{"input_tokens":3,"output_tokens":1}}})",
           R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})"}));
  EXPECT_FALSE(reply.is_whole);
  EXPECT_FALSE(reply.error);
}

TEST(ChatCompletions, AreReadWithCallsInPieces) {
  const Reply reply = read_in_all_pieces(
      kChatCompletions,
      events(
          {R"({"id":"c-1","object":"chat.completion.chunk","created":1,"model":"gpt-x","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]})",
           R"({"id":"c-1","model":"gpt-x","choices":[{"index":0,"delta":{"content":"Hal"},"finish_reason":null}]})",
           R"({"id":"c-1","model":"gpt-x","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null}]})",
           R"({"id":"c-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"read_file","arguments":""}}]},"finish_reason":null}]})",
           R"({"id":"c-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"path\":"}}]},"finish_reason":null}]})",
           R"({"id":"c-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"list_files","arguments":"{}"}}]},"finish_reason":null}]})",
           R"({"id":"c-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"a\"}"}}]},"finish_reason":null}]})",
           R"({"id":"c-1","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]})",
           R"({"id":"c-1","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":20,"total_tokens":1020,"prompt_tokens_details":{"cached_tokens":900},"completion_tokens_details":{"reasoning_tokens":10}}})",
           "[DONE]"}));
  EXPECT_TRUE(reply.is_whole);
  EXPECT_EQ(reply.stop, Stop::calls);
  EXPECT_EQ(reply.turn.text, "Hallo");
  ASSERT_THAT(reply.turn.calls, SizeIs(2));
  EXPECT_EQ(reply.turn.calls[0].arguments, R"({"path":"a"})");
  EXPECT_EQ(reply.turn.calls[1].id, "call_2");
  EXPECT_EQ(reply.cost.tokens, (Tokens{100, 900, 0, 20}));
  EXPECT_FALSE(reply.cost.usd);
  EXPECT_EQ(reply.turn.native["tool_calls"][0]["function"]["arguments"], R"({"path":"a"})");
}

TEST(ChatCompletions, WhatXaiChargesIsKnownAndItsReasoningCountsBeside) {
  const Reply reply = read(
      kXaiCompletions, head_of(200),
      events(
          {R"({"id":"c","model":"grok","choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]})",
           R"({"id":"c","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":22,"completion_tokens_details":{"reasoning_tokens":7},"cost_in_usd_ticks":12500000000}})"}));
  EXPECT_EQ(reply.cost.tokens, (Tokens{10, 0, 0, 12}));
  EXPECT_DOUBLE_EQ(reply.cost.usd.value_or(0), 1.25);
}

TEST(ChatCompletions, CallsThatAreAllNumberedZeroAreToldApart) {
  const Reply reply = read(
      kChatCompletions, head_of(200),
      events(
          {R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}},{"index":0,"id":"b","function":{"name":"g","arguments":{"x":1}}}]},"finish_reason":"tool_calls"}]})"}));
  ASSERT_THAT(reply.turn.calls, SizeIs(2));
  EXPECT_EQ(reply.turn.calls[1].name, "g");
  EXPECT_EQ(reply.turn.calls[1].arguments, R"({"x":1})");
}

TEST(ChatCompletions, ArgumentsThatAreNoObjectAreNotHandedBack) {
  const Reply reply = read(
      kChatCompletions, head_of(200),
      events(
          {R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"a"}}]},"finish_reason":"length"}]})"}));
  ASSERT_THAT(reply.turn.calls, SizeIs(1));
  EXPECT_EQ(reply.turn.calls[0].arguments, "{\"a");
  EXPECT_EQ(reply.turn.native["tool_calls"][0]["function"]["arguments"], "{}");
}

TEST(ChatCompletions, ARefusalIsOneAndAnErrorInTheStreamToo) {
  const Reply refusal =
      read(kChatCompletions, head_of(200),
           events({R"({"choices":[{"delta":{"refusal":"I will not."},"finish_reason":"stop"}]})"}));
  EXPECT_EQ(refusal.stop, Stop::refusal);
  EXPECT_EQ(refusal.turn.text, "I will not.");
  const Reply error = read(
      kChatCompletions, head_of(200),
      events(
          {R"({"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}})"}));
  ASSERT_TRUE(error.error);
  EXPECT_EQ(error.error->failure, AgentFailure::overload);
}

TEST(OpenaiResponses, AreReadByTheirItems) {
  const Reply reply = read_in_all_pieces(
      kOpenaiResponses,
      events(
          {R"({"type":"response.created","response":{"id":"resp_1","model":"gpt-y","status":"in_progress","output":[]}})",
           R"({"type":"response.output_item.added","output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}})",
           R"({"type":"response.output_item.done","output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"ZW5j"}})",
           R"({"type":"response.output_item.done","output_index":1,"item":{"id":"rs_2","type":"reasoning","summary":[]}})",
           R"({"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"content_index":0,"delta":"He"})",
           R"({"type":"response.output_item.done","output_index":2,"item":{"id":"msg_1","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hello","annotations":[]}]}})",
           R"({"type":"response.output_item.done","output_index":3,"item":{"id":"fc_1","type":"function_call","call_id":"call_1","name":"search","arguments":"{\"pattern\":\"x\"}","status":"completed"}})",
           R"({"type":"response.completed","response":{"id":"resp_1","model":"gpt-y","status":"completed","usage":{"input_tokens":50,"input_tokens_details":{"cached_tokens":40},"output_tokens":9,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":59}}})"}));
  EXPECT_TRUE(reply.is_whole);
  EXPECT_EQ(reply.stop, Stop::calls);
  EXPECT_EQ(reply.turn.text, "Hello");
  ASSERT_THAT(reply.turn.calls, SizeIs(1));
  EXPECT_EQ(reply.turn.calls[0].id, "call_1");
  EXPECT_EQ(reply.cost.tokens, (Tokens{10, 40, 0, 9}));
  ASSERT_THAT(reply.turn.native, SizeIs(3)) << "reasoning that cannot be handed back is left out";
}

TEST(OpenaiResponses, TellHowTheyFailed) {
  const Reply failed = read(
      kOpenaiResponses, head_of(200),
      events(
          {R"({"type":"response.failed","response":{"id":"r","status":"failed","error":{"code":"rate_limit_exceeded","message":"Slow down"}}})"}));
  ASSERT_TRUE(failed.error);
  EXPECT_EQ(failed.error->failure, AgentFailure::rate_limit);
  const Reply cut = read(
      kOpenaiResponses, head_of(200),
      events(
          {R"({"type":"response.incomplete","response":{"id":"r","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[]}})"}));
  EXPECT_EQ(cut.stop, Stop::length);
  EXPECT_TRUE(cut.is_whole);
}

TEST(Gemini, IsReadWithItsSignatures) {
  const Reply reply = read_in_all_pieces(
      kGemini,
      events(
          {R"({"candidates":[{"content":{"parts":[{"text":"Think","thought":true}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":100,"totalTokenCount":100},"modelVersion":"gemini-z","responseId":"id1"})",
           R"({"candidates":[{"content":{"parts":[{"text":"He"}],"role":"model"},"index":0}]})",
           R"({"candidates":[{"content":{"parts":[{"text":"llo"}],"role":"model"},"index":0}]})",
           R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"read_file","args":{"path":"ä"}},"thoughtSignature":"c2ln"}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":100,"cachedContentTokenCount":60,"candidatesTokenCount":8,"thoughtsTokenCount":5,"totalTokenCount":113}})"}));
  EXPECT_TRUE(reply.is_whole);
  EXPECT_EQ(reply.stop, Stop::calls);
  EXPECT_EQ(reply.model, "gemini-z");
  EXPECT_EQ(reply.turn.text, "Hello");
  ASSERT_THAT(reply.turn.calls, SizeIs(1));
  EXPECT_EQ(reply.turn.calls[0].arguments, R"({"path":"ä"})");
  EXPECT_EQ(reply.cost.tokens, (Tokens{40, 60, 0, 13}));
  EXPECT_EQ(
      reply.turn.native,
      Json::parse(
          R"([{"text":"Hello"},{"functionCall":{"name":"read_file","args":{"path":"ä"}},"thoughtSignature":"c2ln"}])"));
}

TEST(Gemini, TellsTheLimitOfTheMinuteFromThatOfTheDay) {
  const auto failure = [](const char* quota) {
    const std::string body =
        std::string(
            R"([{"error":{"code":429,"message":"You exceeded your current quota.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":")") +
        quota + R"("}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.07s"}]}}])";
    return read(kGemini, head_of(429), body).error.value();
  };
  EXPECT_EQ(failure("GenerateRequestsPerMinutePerProjectPerModel").failure, AgentFailure::rate_limit);
  EXPECT_EQ(failure("GenerateRequestsPerMinutePerProjectPerModel").retry_after,
            std::chrono::milliseconds(34070));
  EXPECT_EQ(failure("GenerateRequestsPerDayPerProjectPerModel-FreeTier").failure, AgentFailure::quota);
}

TEST(Replies, TellErrorsApartByStatusAndWords) {
  struct Case {
    int status;
    const char* body;
    AgentFailure failure;
  };
  const Case cases[] = {
      {401, R"({"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}})",
       AgentFailure::auth},
      {403, R"({"error":{"message":"no","type":"permission_error"}})", AgentFailure::auth},
      {429, R"({"error":{"type":"rate_limit_error","message":"m"}})", AgentFailure::rate_limit},
      {429,
       R"({"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}})",
       AgentFailure::quota},
      {400,
       R"({"error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}})",
       AgentFailure::context_too_long},
      {400,
       R"({"error":{"message":"This model's maximum context length is 8192","type":"invalid_request_error","code":"context_length_exceeded"}})",
       AgentFailure::context_too_long},
      {400, R"({"error":{"type":"invalid_request_error","message":"max_tokens: must be positive"}})",
       AgentFailure::bad_request},
      {400, R"({"error":{"type":"invalid_request_error","message":"Your credit balance is too low"}})",
       AgentFailure::quota},
      {404, R"({"error":{"type":"not_found_error","message":"model: nope"}})", AgentFailure::bad_request},
      {413, "<html>too large</html>", AgentFailure::context_too_long},
      {500, R"({"error":{"type":"api_error","message":"Internal server error"}})", AgentFailure::overload},
      {502, "<html>rate limit</html>", AgentFailure::overload},
      {529, R"({"error":{"type":"overloaded_error","message":"Overloaded"}})", AgentFailure::overload},
      {200, R"({"answer":42})", AgentFailure::nonsense},
  };
  for (const Case& each : cases) {
    const Reply reply =
        read(kAnthropicMessages, {each.status, {{"content-type", "application/json"}}}, each.body);
    ASSERT_TRUE(reply.error) << each.body;
    EXPECT_EQ(reply.error->failure, each.failure) << each.status << " " << each.body;
    EXPECT_FALSE(reply.error->message.empty());
  }
}

TEST(Replies, HoldAgainstWhateverIsSent) {
  const std::string deep = "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  for (const ModelApi* api : {&kAnthropicMessages, &kChatCompletions, &kOpenaiResponses, &kGemini}) {
    for (const std::string& data : {deep, std::string("[]"), std::string("nonsense"), std::string("\"text\""),
                                    std::string("{\"a\":\"\xff\"")}) {
      const Reply reply = read(*api, head_of(200), "data: " + data + "\n\n");
      EXPECT_FALSE(reply.is_whole);
      ASSERT_TRUE(reply.error);
      EXPECT_EQ(reply.error->failure, AgentFailure::nonsense);
    }
    // Everything of another kind than it should be.
    const Reply odd = read(
        *api, head_of(200),
        events(
            {R"({"type":7,"choices":{"delta":1},"candidates":[7],"message":[],"usage":"x","response":null})",
             R"({"type":"content_block_start","index":-1,"content_block":"x"})",
             R"({"type":"content_block_delta","index":1e300,"delta":{"type":"text_delta","text":5}})",
             R"({"choices":[{"delta":{"tool_calls":[7,{"index":"a","function":3}]},"finish_reason":5}]})",
             R"({"candidates":[{"content":{"parts":[7,{"functionCall":7}]},"finishReason":{}}]})",
             R"({"type":"response.output_item.done","item":[1]})"}));
    EXPECT_FALSE(odd.is_whole);
  }
}

// The bound is that of all readers.
TEST(Replies, EndWhereAnAnswerDoesNot) {
  const auto reader = kAnthropicMessages.make_reader();
  reader->begin(head_of(200));
  const std::string filler =
      ": keep alive\n" + std::string(1 << 10, '\n') + ":" + std::string(1 << 16, 'x') + "\n";
  std::size_t fed = 0;
  while (reader->feed(filler)) {
    fed += filler.size();
    ASSERT_LE(fed, ReplyReader::kMost);
  }
  EXPECT_GT(fed + filler.size(), ReplyReader::kMost);
}

TEST(Replies, InvalidUtf8IsReplaced) {
  const Reply reply =
      read(kChatCompletions, head_of(200),
           "data: {\"choices\":[{\"delta\":{\"content\":\"a\xff\"},\"finish_reason\":\"stop\"}]}\n\n");
  EXPECT_EQ(reply.turn.text, "a\xef\xbf\xbd");
}

TEST(Waits, AreReadFromHeaders) {
  const auto wait = [](std::vector<net::Header> headers) {
    return wait_by_headers({429, std::move(headers)});
  };
  using std::chrono::milliseconds;
  EXPECT_EQ(wait({{"retry-after", "7"}}), milliseconds(7000));
  EXPECT_EQ(wait({{"retry-after", "1.5"}, {"retry-after-ms", "250"}}), milliseconds(250));
  EXPECT_EQ(
      wait({{"date", "Mon, 30 Nov 2026 10:00:00 GMT"}, {"retry-after", "Mon, 30 Nov 2026 10:02:00 GMT"}}),
      milliseconds(120'000));
  EXPECT_EQ(wait({{"date", "Mon, 30 Nov 2026 10:00:00 GMT"},
                  {"anthropic-ratelimit-requests-remaining", "0"},
                  {"anthropic-ratelimit-requests-reset", "2026-11-30T10:00:30Z"},
                  {"anthropic-ratelimit-tokens-remaining", "5"},
                  {"anthropic-ratelimit-tokens-reset", "2026-11-30T12:00:00Z"}}),
            milliseconds(30'000));
  EXPECT_EQ(wait({{"date", "Mon, 30 Nov 2026 10:00:00 GMT"},
                  {"anthropic-ratelimit-tokens-remaining", "0"},
                  {"anthropic-ratelimit-tokens-reset", "2026-11-30T12:00:10.25+02:00"}}),
            milliseconds(10'000));
  EXPECT_EQ(wait({{"x-ratelimit-remaining-tokens", "0"}, {"x-ratelimit-reset-tokens", "6m0s"}}),
            milliseconds(360'000));
  EXPECT_EQ(wait({{"retry-after", "1e30"}}), std::chrono::hours(24));
  for (const char* odd : {"soon", "-3", "nan", "inf", "", "Mon, 99 Nov 2026 10:02:00 GMT"})
    EXPECT_EQ(wait({{"retry-after", odd}}), std::nullopt) << odd;
}

}  // namespace
}  // namespace fleet::agents
