package io.waybill.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A fault as it came about, a line of the history of faults.
 *
 * @param what the word of its kind, or {@link #DIED}, or {@link #FAILED} and why
 * @param victim the process or link; of brokers the one that it was
 * @param at when it was hit
 * @param until when it was started again, let go on, or healed
 * @param back when it was ready again; empty when it was not
 * @param exitCode of what was asked to stop, or died
 * @param took how long it took to stop
 * @param led the partitions of the requests topic that a broker led
 */
record Happened(
    int number,
    String what,
    String victim,
    Instant at,
    Instant until,
    Optional<Instant> back,
    OptionalInt exitCode,
    Duration took,
    List<Integer> led) {

  /** Nobody had done anything to it. */
  static final String DIED = "died";

  /** It could not be carried out, or its victim did not come back. */
  static final String FAILED = "failed";

  Happened {
    led = List.copyOf(led);
  }

  static Happened of(Fault fault, String victim, Instant at, Instant until) {
    return new Happened(
        fault.number(),
        fault.kind().word(),
        victim,
        at,
        until,
        Optional.empty(),
        OptionalInt.empty(),
        Duration.ZERO,
        List.of());
  }

  static Happened died(String victim, int exitCode, Instant at, Instant back) {
    return new Happened(
        0,
        DIED,
        victim,
        at,
        at,
        Optional.of(back),
        OptionalInt.of(exitCode),
        Duration.ZERO,
        List.of());
  }

  static Happened failed(String victim, @Nullable String why) {
    Instant now = Instant.now();
    return new Happened(
        0,
        FAILED + ": " + why,
        victim,
        now,
        now,
        Optional.empty(),
        OptionalInt.empty(),
        Duration.ZERO,
        List.of());
  }

  Happened until(Instant time) {
    return new Happened(number, what, victim, at, time, back, exitCode, took, led);
  }

  Happened backAt(Instant time) {
    return new Happened(number, what, victim, at, until, Optional.of(time), exitCode, took, led);
  }

  Happened stopped(int code, Duration time) {
    return new Happened(number, what, victim, at, until, back, OptionalInt.of(code), time, led);
  }

  Happened leading(List<Integer> partitions) {
    return new Happened(number, what, victim, at, until, back, exitCode, took, partitions);
  }

  boolean is(Fault.Kind kind) {
    return what.equals(kind.word());
  }

  /** How many processes it killed. */
  int kills() {
    return Stream.of(Fault.Kind.values()).filter(this::is).mapToInt(Fault.Kind::kills).sum();
  }

  /** When its victim was as well as before, as far as that is known. */
  Instant over() {
    return back.orElse(until);
  }

  String line() {
    ObjectNode json = RunFiles.object();
    json.put("number", number);
    json.put("what", what);
    json.put("victim", victim);
    json.put("at", at.toString());
    json.put("until", until.toString());
    back.ifPresent(time -> json.put("back", time.toString()));
    exitCode.ifPresent(code -> json.put("exitCode", code));
    json.put("tookMillis", took.toMillis());
    led.forEach(json.putArray("led")::add);
    return json.toString();
  }

  static Happened read(JsonNode json) {
    List<Integer> led = new ArrayList<>();
    json.path("led").forEach(one -> led.add(one.asInt()));
    return new Happened(
        json.path("number").asInt(),
        json.path("what").asText(),
        json.path("victim").asText(),
        Instant.parse(json.path("at").asText()),
        Instant.parse(json.path("until").asText()),
        json.hasNonNull("back")
            ? Optional.of(Instant.parse(json.path("back").asText()))
            : Optional.empty(),
        json.hasNonNull("exitCode")
            ? OptionalInt.of(json.path("exitCode").asInt())
            : OptionalInt.empty(),
        Duration.ofMillis(json.path("tookMillis").asLong()),
        led);
  }
}
