package io.waybill.app;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import io.waybill.destinations.DestinationsTopology;
import io.waybill.domain.DestinationType;
import io.waybill.fanout.FanOutTopology;
import io.waybill.sender.SenderConfig;
import io.waybill.status.StatusTopology;
import io.waybill.timer.TimerTopology;
import io.waybill.wire.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;

/**
 * What each user of Kafka needs, and no more: the one table that the command prints, the
 * documentation shows, and the tests hold against topologies and a broker that refuses everything
 * else.
 */
final class KafkaAcls {
  /** Every topic, group and application of Waybill's own begins so. */
  static final String OWN = "waybill.";

  private final Set<String> requestTopics;

  /**
   * @param requestTopics that fan-out reads, {@link Topics#REQUESTS} among them
   */
  KafkaAcls(Collection<String> requestTopics) {
    this.requestTopics = new TreeSet<>(requestTopics);
    this.requestTopics.add(Topics.REQUESTS);
  }

  /** What a user needs. */
  List<KafkaAcl> of(KafkaUser user) {
    return switch (user) {
      case KafkaUser.Running running ->
          Stream.concat(ofEveryProcess(), ofRole(running.role())).toList();
      case KafkaUser.Other other -> ofOther(other).toList();
    };
  }

  /**
   * A process looks at all topics when it starts, whether they keep what is promised, and at the
   * lag of every group every ten seconds. It sees names, settings and offsets, and no record.
   */
  private Stream<KafkaAcl> ofEveryProcess() {
    List<KafkaAcl> acls = new ArrayList<>();
    acls.add(KafkaAcl.cluster(DESCRIBE_CONFIGS));
    acls.add(KafkaAcl.topics(OWN, DESCRIBE, DESCRIBE_CONFIGS));
    foreignRequestTopics()
        .forEach(topic -> acls.add(KafkaAcl.topic(topic, DESCRIBE, DESCRIBE_CONFIGS)));
    acls.add(KafkaAcl.topic(BrokerJudge.OFFSETS, DESCRIBE, DESCRIBE_CONFIGS));
    acls.add(KafkaAcl.topic(BrokerJudge.TRANSACTIONS, DESCRIBE, DESCRIBE_CONFIGS));
    acls.add(KafkaAcl.groups(OWN, DESCRIBE));
    return acls.stream();
  }

  private Stream<String> foreignRequestTopics() {
    return requestTopics.stream().filter(topic -> !topic.startsWith(OWN));
  }

  private Stream<KafkaAcl> ofRole(Role role) {
    return switch (role) {
      case DESTINATIONS -> streams(DestinationsTopology.APPLICATION_ID, reads(role), writes(role));
      case FAN_OUT -> streams(FanOutTopology.APPLICATION_ID, reads(role), writes(role));
      case TIMER -> streams(TimerTopology.APPLICATION_ID, reads(role), writes(role));
      case STATUS -> streams(StatusTopology.APPLICATION_ID, reads(role), writes(role));
      case SENDER_WEBHOOK -> sender(DestinationType.WEBHOOK, reads(role), writes(role));
      case SENDER_EMAIL -> sender(DestinationType.EMAIL, reads(role), writes(role));
      case SENDER_STORAGE -> sender(DestinationType.STORAGE, reads(role), writes(role));
    };
  }

  /** The topics of stores, {@code <application>-<store>-changelog}, are made by Kafka Streams. */
  private static Stream<KafkaAcl> streams(
      String application, Set<String> reads, Set<String> writes) {
    return Stream.of(
            Stream.of(
                KafkaAcl.group(application, READ),
                KafkaAcl.transactions(application + "-", WRITE),
                KafkaAcl.topics(application + "-", CREATE, READ, WRITE)),
            topics(reads, writes))
        .flatMap(acls -> acls);
  }

  private static Stream<KafkaAcl> sender(
      DestinationType type, Set<String> reads, Set<String> writes) {
    String group = SenderConfig.groupId(type);
    return Stream.of(
            Stream.of(
                KafkaAcl.group(group, READ),
                KafkaAcl.transactions(SenderConfig.transactionalId(type, ""), WRITE)),
            topics(reads, writes))
        .flatMap(acls -> acls);
  }

  private static Stream<KafkaAcl> topics(Set<String> reads, Set<String> writes) {
    Set<String> all = new TreeSet<>(reads);
    all.addAll(writes);
    return all.stream()
        .map(topic -> {
          List<AclOperation> operations = new ArrayList<>();
          if (reads.contains(topic)) {
            operations.add(READ);
          }
          if (writes.contains(topic)) {
            operations.add(WRITE);
          }
          return KafkaAcl.topic(topic, operations.toArray(AclOperation[]::new));
        });
  }

  /** The topics whose records a role reads, those of its own stores aside. */
  Set<String> reads(Role role) {
    return switch (role) {
      case DESTINATIONS -> Set.of(Topics.DESTINATION_COMMANDS, Topics.DESTINATIONS);
      case FAN_OUT -> union(requestTopics, Set.of(Topics.FAN_OUT_REKEYED, Topics.DESTINATIONS));
      case TIMER -> union(ofEachType(Topics::retry), Set.of(Topics.CONTROL));
      case STATUS ->
          Set.of(
              Topics.EVENTS,
              Topics.COMMANDS,
              Topics.STATUS_ATTEMPTS,
              Topics.STATUS_SIGNALS,
              Topics.DESTINATIONS,
              Topics.CONTROL_COMMANDS);
      case SENDER_WEBHOOK -> readsOfSender(DestinationType.WEBHOOK);
      case SENDER_EMAIL -> readsOfSender(DestinationType.EMAIL);
      case SENDER_STORAGE -> readsOfSender(DestinationType.STORAGE);
    };
  }

  /** Large payloads are fetched from the request that a task refers to. */
  private Set<String> readsOfSender(DestinationType type) {
    return union(
        requestTopics,
        Set.of(
            Topics.tasks(type),
            Topics.expressTasks(type),
            Topics.DESTINATIONS,
            Topics.DESTINATION_SECRETS,
            Topics.DESTINATION_HEALTH,
            Topics.CONTROL));
  }

  /** The topics that a role writes, those of its own stores aside. */
  Set<String> writes(Role role) {
    return switch (role) {
      case DESTINATIONS ->
          Set.of(
              Topics.DESTINATIONS,
              Topics.DESTINATION_SECRETS,
              Topics.DESTINATION_RESULTS,
              Topics.AUDIT,
              Topics.DEAD_LETTERS);
      case FAN_OUT ->
          union(
              everyTasksTopic(),
              ofEachType(Topics::retry),
              Set.of(Topics.EVENTS, Topics.DEAD_LETTERS, Topics.AUDIT, Topics.FAN_OUT_REKEYED));
      case TIMER -> union(everyTasksTopic(), Set.of(Topics.DEAD_LETTERS));
      case STATUS ->
          union(
              everyTasksTopic(),
              Set.of(
                  Topics.STATUS,
                  Topics.STATUS_JSON,
                  Topics.STATUS_ATTEMPTS,
                  Topics.STATUS_SIGNALS,
                  Topics.DESTINATION_HEALTH,
                  Topics.CONTROL,
                  Topics.CONTROL_COMMANDS,
                  Topics.DESTINATION_COMMANDS,
                  Topics.ALERTS,
                  Topics.ALERTS_JSON,
                  Topics.REQUESTS,
                  Topics.AUDIT,
                  Topics.DEAD_LETTERS));
      case SENDER_WEBHOOK -> writesOfSender(DestinationType.WEBHOOK);
      case SENDER_EMAIL -> writesOfSender(DestinationType.EMAIL);
      case SENDER_STORAGE -> writesOfSender(DestinationType.STORAGE);
    };
  }

  private static Set<String> writesOfSender(DestinationType type) {
    return Set.of(
        Topics.EVENTS,
        Topics.retry(type),
        Topics.DEAD_LETTERS,
        Topics.COMMANDS,
        Topics.DESTINATION_COMMANDS);
  }

  private Stream<KafkaAcl> ofOther(KafkaUser.Other user) {
    return switch (user) {
      case PUBLISHER -> requestTopics.stream().map(topic -> KafkaAcl.topic(topic, WRITE));
      case FOLLOWER ->
          Stream.of(KafkaAcl.topic(Topics.STATUS, READ), KafkaAcl.topic(Topics.STATUS_JSON, READ));
      case OPERATOR ->
          Stream.concat(
              Stream.of(
                  KafkaAcl.topics(OWN, READ),
                  KafkaAcl.groups(OWN, DESCRIBE),
                  KafkaAcl.topic(Topics.COMMANDS, WRITE),
                  KafkaAcl.topic(Topics.CONTROL_COMMANDS, WRITE),
                  KafkaAcl.topic(Topics.DESTINATION_COMMANDS, WRITE),
                  KafkaAcl.topic(Topics.AUDIT, WRITE)),
              requestTopics.stream().map(topic -> KafkaAcl.topic(topic, READ, WRITE)));
      case INSTALLER ->
          Stream.concat(
              Stream.of(KafkaAcl.topics(OWN, CREATE, DESCRIBE, DESCRIBE_CONFIGS)),
              foreignRequestTopics()
                  .map(topic -> KafkaAcl.topic(topic, CREATE, DESCRIBE, DESCRIBE_CONFIGS)));
    };
  }

  private static Set<String> everyTasksTopic() {
    return union(ofEachType(Topics::tasks), ofEachType(Topics::expressTasks));
  }

  private static Set<String> ofEachType(Function<DestinationType, String> topic) {
    Set<String> topics = new TreeSet<>();
    Role.SENT_TYPES.forEach(type -> topics.add(topic.apply(type)));
    return topics;
  }

  @SafeVarargs
  private static Set<String> union(Set<String>... sets) {
    Set<String> all = new TreeSet<>();
    for (Set<String> set : sets) {
      all.addAll(set);
    }
    return all;
  }
}
