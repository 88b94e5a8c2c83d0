package io.waybill.soak;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The rows of the fault matrix that {@code bin/verify --full} runs, each with its tests, the one
 * that is most about it first. The page of reliability shows the same table, and {@link
 * ScenarioTest} that both are true. What a soak does at random beside them says {@link Fault.Kind}.
 */
enum Scenario {
  F1(
      "the only broker is killed, under load",
      "requests wait and none is lost; the first is acknowledged within 15 s of its restart; no"
          + " transaction stays open",
      "soak/ScenariosIT#f1TheOnlyBrokerIsKilled",
      "testkit/KilledBrokerIT#everyTransactionEndsOneWayOrTheOther",
      "testkit/BrokerProcessIT#acknowledgedRecordsSurviveAKill",
      "sender/SenderCrashIT#outlivesABrokerThatIsKilled"),
  F2(
      "of three brokers the one is killed that leads a partition of requests, three times",
      "another leads within 25 s; no client sees an error, every acknowledged request is there once",
      "soak/LeaderKillIT#f2NoSubmissionFailsWhoeverLeads"),
  F7(
      "fan-out is killed among its transactions, six times",
      "each task is there once for a reader of committed records, who waits 25 s at most",
      "soak/ScenariosIT#f7FanOutIsKilledAmongItsTransactions"),
  F10(
      "a sender is killed before, during and after sends that are not committed",
      "they are sent again under the same ids, and nothing else is",
      "soak/ScenariosIT#f10SendersAreKilledAmongTheirSends",
      "app/SenderFaultsIT#killedSendersLoseNothingAndRepeatOnlyWhatWasUnderWay",
      "sender/SenderCrashIT#sendsAgainAfterAKillWhatWasNotCommittedAndWritesNoEventTwice"),
  F14(
      "a destination refuses all connections: 20 s on a whole installation, ten minutes by a"
          + " simulated clock",
      "everything for it arrives after; others do not wait for it; it is probed, not stormed",
      "soak/ScenariosIT#f14ADestinationIsDownAndGetsEverythingAfter",
      "sender/HangSimulationTest#parksEachTaskAFewTimesAndReleasesInOrder"),
  F17(
      "a webhook answers 400, 401, 403, 404, 405, 413 or 422",
      "one attempt, and a dead letter",
      "app/PipelineIT#a400IsADeadLetterAtOnce",
      "channel-webhook/WebhookChannelTest#givesUp"),
  F19(
      "429 or 503 with `Retry-After`: seconds, a date, the past, too much, garbage",
      "not called earlier than it said, an hour at most; garbage counts as nothing; one request for"
          + " each attempt",
      "channel-webhook/WebhookChannelTest#passesOnWhenToComeBack",
      "channel-webhook/AnswersTest#readsRetryAfter",
      "sender/SettlementsTest#takesWhatTheReceiverAskedForAsAFloorUpToAnHour",
      "channel-webhook/WebhookChannelTest#sendsExactlyOneRequestPerAttempt"),
  F22(
      "301, 302, 303, 307 or 308 to another host",
      "a dead letter `redirect-refused`; nobody connects to the other host",
      "channel-webhook/WebhookChannelTest#neverFollowsARedirect"),
  F28(
      "a record that nobody can read, on each topic that is read",
      "a dead letter with its bytes, or on compacted topics the last good value; what is behind it"
          + " goes on",
      "app/BadInputIT#endsWhereItCanBeSeenAndStopsNothing",
      "sender/SenderIT#buriesWhatIsNoTaskWithItsBytesAndGoesOn",
      "status/HostileRecordsTest#noEventDoes",
      "timer/HostileRecordsTest#noParkedTaskEndsIt"),
  F34(
      "a mail server refuses one of three recipients",
      "the two others are never mailed again, nor by a replay",
      "channel-email/EmailChannelTest#aPartialRefusalNeverMailsTheOthersAgain",
      "app/MailsIT#aReplayGoesToTheOneWhoWasRefused"),
  F39(
      "a store answers 412, 409, 403, 404 or 301",
      "412 is delivered when the object is the same, else a dead letter, and nothing is overwritten;"
          + " 409 is tried again; 301 is not followed",
      "channel-storage/StorageAnswersTest#f39TheSameObjectIsThereAlready",
      "channel-storage/StorageAnswersTest#f39AnotherObjectIsNeverOverwritten",
      "channel-storage/StorageAnswersTest#f37AndF39WhatPassesLater",
      "channel-storage/StorageAnswersTest#f39WhatNeverPasses",
      "channel-storage/StorageAnswersTest#f39RedirectsAreNotFollowed",
      "channel-storage/MultipartTest#f39TheConditionAtTheEndDecides");

  private final String fault;
  private final String becomes;
  private final List<Reference> tests;

  Scenario(String fault, String becomes, String... tests) {
    this.fault = fault;
    this.becomes = becomes;
    this.tests = List.of(tests).stream().map(Reference::parse).toList();
  }

  /** A test method. */
  record Reference(String module, String type, String method) {
    static Reference parse(String text) {
      String[] parts = text.split("[/#]");
      return new Reference(parts[0], parts[1], parts[2]);
    }
  }

  List<Reference> tests() {
    return tests;
  }

  /** As the page has it. */
  String row() {
    return tests.stream()
        .map(test -> "`" + test.type() + "#" + test.method() + "`")
        .collect(
            Collectors.joining(
                ", ", "| " + name() + " | " + fault + " | " + becomes + " | ", " |"));
  }
}
