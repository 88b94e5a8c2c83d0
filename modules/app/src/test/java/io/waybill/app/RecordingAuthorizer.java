package io.waybill.app;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/**
 * Kafka's own authorizer, which also writes down what it allowed to whom, and what it refused. The
 * broker makes it by its name, so what it wrote down is everybody's in this JVM.
 */
public final class RecordingAuthorizer extends StandardAuthorizer {
  private static final Set<Used> USED = ConcurrentHashMap.newKeySet();
  private static final Set<Refused> REFUSED = ConcurrentHashMap.newKeySet();

  /** Something that somebody did. */
  record Used(String principal, AclOperation operation, ResourceType type, String name) {}

  /**
   * Something that somebody may not do.
   *
   * @param client the {@code client.id} that asked
   */
  record Refused(
      String principal, String client, AclOperation operation, ResourceType type, String name) {}

  /** What a principal was refused so far. */
  static List<Refused> refusedTo(String principal) {
    return REFUSED.stream().filter(refused -> refused.principal().equals(principal)).toList();
  }

  /** What a principal has done so far. */
  static List<Used> by(String principal) {
    return USED.stream().filter(used -> used.principal().equals(principal)).toList();
  }

  @Override
  public List<AuthorizationResult> authorize(
      AuthorizableRequestContext context, List<Action> actions) {
    List<AuthorizationResult> results = super.authorize(context, actions);
    for (int i = 0; i < actions.size(); i++) {
      Action action = actions.get(i);
      // Without it the broker only asks what to leave out of a list.
      if (results.get(i) == AuthorizationResult.DENIED && action.logIfDenied()) {
        REFUSED.add(
            new Refused(
                context.principal().toString(),
                context.clientId(),
                action.operation(),
                action.resourcePattern().resourceType(),
                action.resourcePattern().name()));
      }
      if (results.get(i) == AuthorizationResult.ALLOWED) {
        USED.add(
            new Used(
                context.principal().toString(),
                action.operation(),
                action.resourcePattern().resourceType(),
                action.resourcePattern().name()));
      }
    }
    return results;
  }
}
