package io.waybill.app;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What somebody may do with one thing in Kafka, or with all whose names begin alike. Kafka adds
 * {@code Describe} to whoever may read or write.
 */
record KafkaAcl(ResourcePattern resource, Set<AclOperation> operations) {
  private static final String ANY_HOST = "*";

  KafkaAcl {
    if (operations.isEmpty()) {
      throw new IllegalArgumentException("an ACL allows something");
    }
    operations = Set.copyOf(operations);
  }

  static KafkaAcl topic(String name, AclOperation... operations) {
    return of(ResourceType.TOPIC, name, PatternType.LITERAL, operations);
  }

  static KafkaAcl topics(String prefix, AclOperation... operations) {
    return of(ResourceType.TOPIC, prefix, PatternType.PREFIXED, operations);
  }

  static KafkaAcl group(String name, AclOperation... operations) {
    return of(ResourceType.GROUP, name, PatternType.LITERAL, operations);
  }

  static KafkaAcl groups(String prefix, AclOperation... operations) {
    return of(ResourceType.GROUP, prefix, PatternType.PREFIXED, operations);
  }

  static KafkaAcl transactions(String prefix, AclOperation... operations) {
    return of(ResourceType.TRANSACTIONAL_ID, prefix, PatternType.PREFIXED, operations);
  }

  static KafkaAcl cluster(AclOperation... operations) {
    return of(ResourceType.CLUSTER, Resource.CLUSTER_NAME, PatternType.LITERAL, operations);
  }

  private static KafkaAcl of(
      ResourceType type, String name, PatternType pattern, AclOperation... operations) {
    return new KafkaAcl(new ResourcePattern(type, name, pattern), Set.of(operations));
  }

  /** The operations in Kafka's order, so that what is printed is always the same. */
  List<AclOperation> sortedOperations() {
    return List.copyOf(EnumSet.copyOf(operations));
  }

  /** Whether it is about topics of this name. */
  boolean isAboutTopic(String topic) {
    if (resource.resourceType() != ResourceType.TOPIC) {
      return false;
    }
    return resource.patternType() == PatternType.PREFIXED
        ? topic.startsWith(resource.name())
        : topic.equals(resource.name());
  }

  /**
   * The same for Kafka's admin client.
   *
   * @param principal as brokers call it: {@code User:waybill-timer}
   */
  Stream<AclBinding> bindings(String principal) {
    return sortedOperations().stream()
        .map(operation ->
            new AclBinding(
                resource,
                new AccessControlEntry(principal, ANY_HOST, operation, AclPermissionType.ALLOW)));
  }
}
