package io.waybill.app;

import io.waybill.app.telemetry.TelemetryConfig;
import io.waybill.guard.Cidr;
import io.waybill.wire.TopicCatalog;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The configuration of one process that works on an existing Kafka.
 *
 * @param roles what it does
 * @param kafka properties of every Kafka client, {@code bootstrap.servers} among them
 * @param schemaRegistry Confluent's keys, {@code schema.registry.url} among them
 * @param keyset the file of the sealing keys
 * @param stateDirectory where the stream roles keep their stores between starts
 * @param instance names this process among those of the same role; keep it over restarts, for it
 *     names the sender's transactions
 * @param partitions of the topics, checked at start
 * @param allowCidrs networks that receivers may be in although the address guard denies them
 * @param httpPort of the endpoints for operators' tools; 0 takes a free one
 * @param sending what the operator says about sending
 * @param monitoring when a destination that fails is disabled, and what alerts are raised
 * @param httpAddress where the endpoints listen
 * @param telemetry what the operator wants to see
 * @param profile what brokers and topics must be like
 * @param requestTopics that requests are read from, and whom each may speak for
 */
public record WaybillConfig(
    Set<Role> roles,
    Map<String, String> kafka,
    Map<String, String> schemaRegistry,
    Path keyset,
    Path stateDirectory,
    String instance,
    int partitions,
    List<Cidr> allowCidrs,
    int httpPort,
    Sending sending,
    Monitoring monitoring,
    InetAddress httpAddress,
    TelemetryConfig telemetry,
    Profile profile,
    RequestTopicsConfig requestTopics) {

  public static final int DEFAULT_PARTITIONS = TopicCatalog.DEFAULT_PARTITIONS;
  public static final int DEFAULT_HTTP_PORT = 8080;

  public WaybillConfig {
    roles = Set.copyOf(roles);
    kafka = Map.copyOf(kafka);
    schemaRegistry = Map.copyOf(schemaRegistry);
    allowCidrs = List.copyOf(allowCidrs);
    if (!kafka.containsKey("bootstrap.servers")) {
      throw new IllegalArgumentException("kafka.bootstrap.servers is missing");
    }
    if (!schemaRegistry.containsKey("schema.registry.url")) {
      throw new IllegalArgumentException("schemaRegistry.schema.registry.url is missing");
    }
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions must be at least 1, not " + partitions);
    }
  }

  /**
   * For development: whatever the brokers are like. With one topic of requests, the usual rules of
   * disabling and alerts, endpoints on loopback, and the usual telemetry.
   */
  public WaybillConfig(
      Set<Role> roles,
      Map<String, String> kafka,
      Map<String, String> schemaRegistry,
      Path keyset,
      Path stateDirectory,
      String instance,
      int partitions,
      List<Cidr> allowCidrs,
      int httpPort,
      Sending sending) {
    this(
        roles,
        kafka,
        schemaRegistry,
        keyset,
        stateDirectory,
        instance,
        partitions,
        allowCidrs,
        httpPort,
        sending,
        Monitoring.defaults(),
        InetAddress.getLoopbackAddress(),
        TelemetryConfig.defaults(),
        Profile.DEVELOPMENT,
        RequestTopicsConfig.defaults());
  }

  /** The same with other rules of disabling and alerts. */
  public WaybillConfig withMonitoring(Monitoring other) {
    return new WaybillConfig(
        roles,
        kafka,
        schemaRegistry,
        keyset,
        stateDirectory,
        instance,
        partitions,
        allowCidrs,
        httpPort,
        sending,
        other,
        httpAddress,
        telemetry,
        profile,
        requestTopics);
  }

  /** The same with other roles. */
  public WaybillConfig withRoles(Set<Role> otherRoles) {
    return new WaybillConfig(
        otherRoles,
        kafka,
        schemaRegistry,
        keyset,
        stateDirectory,
        instance,
        partitions,
        allowCidrs,
        httpPort,
        sending,
        monitoring,
        httpAddress,
        telemetry,
        profile,
        requestTopics);
  }

  /** The same with other telemetry. */
  public WaybillConfig withTelemetry(TelemetryConfig other) {
    return new WaybillConfig(
        roles,
        kafka,
        schemaRegistry,
        keyset,
        stateDirectory,
        instance,
        partitions,
        allowCidrs,
        httpPort,
        sending,
        monitoring,
        httpAddress,
        other,
        profile,
        requestTopics);
  }

  /** The same with another profile. */
  public WaybillConfig withProfile(Profile other) {
    return new WaybillConfig(
        roles,
        kafka,
        schemaRegistry,
        keyset,
        stateDirectory,
        instance,
        partitions,
        allowCidrs,
        httpPort,
        sending,
        monitoring,
        httpAddress,
        telemetry,
        other,
        requestTopics);
  }

  /** The same with other request topics. */
  public WaybillConfig withRequestTopics(RequestTopicsConfig other) {
    return new WaybillConfig(
        roles,
        kafka,
        schemaRegistry,
        keyset,
        stateDirectory,
        instance,
        partitions,
        allowCidrs,
        httpPort,
        sending,
        monitoring,
        httpAddress,
        telemetry,
        profile,
        other);
  }

  /** Of the clients' properties the names only: their values hold passwords. */
  @Override
  public String toString() {
    return "WaybillConfig[%s, %s, kafka=%s, schemaRegistry=%s]"
        .formatted(roles, instance, kafka.keySet(), schemaRegistry.keySet());
  }
}
