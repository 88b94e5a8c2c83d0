package io.waybill.channel.storage;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.StorageConfig;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.StsException;

/**
 * Sessions of roles. A role's owner lets it be assumed with the external id of one organization,
 * which is ours to say and nobody's to choose: so nobody gets another's role assumed for him. A
 * session is kept until shortly before its end, for the destination and the credentials that it was
 * made with, and used for no other. Safe to share between threads; blocks.
 */
final class Roles {
  /** Before the organization's id in the external id. */
  static final String EXTERNAL_ID = "waybill:";

  private static final Duration SESSION = Duration.ofHours(1);

  /** An attempt lasts five minutes at most, and must not outlive its session. */
  private static final Duration MARGIN = Duration.ofMinutes(10);

  private static final int LONGEST_NAME = 64;
  private static final int MOST_KEPT = 10_000;
  private static final String ACCESS_DENIED = "AccessDenied";

  private final Stores stores;
  private final InstantSource clock;
  private final ConcurrentMap<Wanted, Session> sessions = new ConcurrentHashMap<>();

  /** The access key id tells one pair of keys from the next, which an update brings. */
  private record Wanted(
      OrganizationId organization,
      DestinationId destination,
      long destinationVersion,
      long secretsVersion,
      String accessKeyId,
      URI endpoint,
      String roleArn) {}

  private record Session(AwsCredentials credentials, Instant until) {}

  Roles(Stores stores, InstantSource clock) {
    this.stores = stores;
    this.clock = clock;
  }

  sealed interface Assumed {
    record As(AwsCredentials credentials) implements Assumed {
      /** Without them. */
      @Override
      public String toString() {
        return "As";
      }
    }

    record Not(Upload.Result.Refused why) implements Assumed {}
  }

  /** The session of the configuration's role, or the credentials themselves when it has none. */
  Assumed assume(
      Destination owner,
      DestinationSecrets secrets,
      StorageConfig config,
      AwsCredentials credentials) {
    if (config.roleArn().isEmpty()) {
      return new Assumed.As(credentials);
    }
    String role = config.roleArn().get();
    Wanted wanted =
        new Wanted(
            owner.organizationId(),
            owner.id(),
            owner.version(),
            secrets.version(),
            credentials.accessKeyId(),
            Stores.roleEndpoint(config),
            role);
    Session kept = sessions.get(wanted);
    if (kept != null && kept.until().isAfter(clock.instant())) {
      return new Assumed.As(kept.credentials());
    }
    try {
      Optional<Session> session = ask(stores.roles(config), owner, role, credentials);
      if (session.isEmpty()) {
        return new Assumed.Not(noSession(Stores.roleEndpoint(config).getHost()));
      }
      if (sessions.size() >= MOST_KEPT) {
        sessions.clear();
      }
      sessions.put(wanted, session.get());
      return new Assumed.As(session.get().credentials());
    } catch (StsException refused) {
      return new Assumed.Not(refusal(refused, owner, Stores.roleEndpoint(config).getHost()));
    }
  }

  private Optional<Session> ask(
      StsClient client, Destination owner, String role, AwsCredentials credentials) {
    String name = "waybill-" + owner.id();
    Credentials answer =
        client
            .assumeRole(
                AssumeRoleRequest.builder()
                    .roleArn(role)
                    .externalId(externalId(owner.organizationId()))
                    .roleSessionName(name.substring(0, Math.min(name.length(), LONGEST_NAME)))
                    .durationSeconds((int) SESSION.toSeconds())
                    .overrideConfiguration(call ->
                        call.credentialsProvider(StaticCredentialsProvider.create(credentials)))
                    .build())
            .credentials();
    // What is not Amazon's can say yes and give nothing.
    if (answer == null
        || answer.accessKeyId() == null
        || answer.secretAccessKey() == null
        || answer.sessionToken() == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Session(
            AwsSessionCredentials.create(
                answer.accessKeyId(), answer.secretAccessKey(), answer.sessionToken()),
            // By our own clock, as what we asked for: the other one may differ.
            clock.instant().plus(SESSION).minus(MARGIN)));
  }

  private static Upload.Result.Refused noSession(String host) {
    return new Upload.Result.Refused(
        false,
        Reason.STORAGE_TRANSIENT,
        host + " answered without a session of the role",
        Optional.empty(),
        false);
  }

  /** What the trust policy of an organization's role must ask for. */
  static String externalId(OrganizationId organization) {
    return EXTERNAL_ID + organization;
  }

  private static Upload.Result.Refused refusal(
      StsException refused, Destination owner, String host) {
    Optional<String> code =
        Optional.ofNullable(refused.awsErrorDetails())
            .flatMap(details -> Optional.ofNullable(details.errorCode()));
    if (code.filter(ACCESS_DENIED::equals).isPresent()) {
      return new Upload.Result.Refused(
          true,
          Reason.STORAGE_PERMANENT,
          host
              + " does not let these credentials assume the role: they need sts:AssumeRole, and its"
              + " trust policy must name them with sts:ExternalId "
              + externalId(owner.organizationId()),
          Optional.empty(),
          false);
    }
    Refusals.Refusal refusal = Refusals.of(refused.statusCode(), code, host);
    return new Upload.Result.Refused(
        refusal.forGood(),
        refusal.reason(),
        refusal.message(),
        Optional.empty(),
        Refusals.isClockSkew(code));
  }
}
