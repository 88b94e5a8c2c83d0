package io.waybill.app;

import io.waybill.domain.OrganizationId;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.TopicSpec;
import io.waybill.wire.Topics;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The section {@code requestTopics}: topics, and the organizations that each may speak for. */
final class RequestTopicsSection {
  static final String KEY = "requestTopics";
  private static final String ANY = "*";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,248}");

  /** Topics that have another meaning. */
  private static final Set<String> TAKEN =
      TopicCatalog.topics(1, Role.SENT_TYPES).stream()
          .map(TopicSpec::name)
          .filter(name -> !name.equals(Topics.REQUESTS))
          .collect(Collectors.toUnmodifiableSet());

  private RequestTopicsSection() {}

  static RequestTopicsConfig read(ConfigSection root) {
    Set<String> names = root.keys(KEY);
    ConfigSection section = root.sectionOrEmpty(KEY, names);
    if (!root.has(KEY)) {
      section.note(Topics.REQUESTS, ANY);
      return RequestTopicsConfig.defaults();
    }
    Map<String, Optional<Set<OrganizationId>>> all = new LinkedHashMap<>();
    for (String name : names) {
      if (!NAME.matcher(name).matches()) {
        section.problem(name, "is not a name that a topic can have");
      } else if (TAKEN.contains(name)) {
        section.problem(name, "is one of Waybill's own topics; take another name");
      }
      all.put(name, organizations(section, name));
    }
    if (!names.contains(Topics.REQUESTS)) {
      section.note(Topics.REQUESTS, "[]");
    }
    return new RequestTopicsConfig(all);
  }

  private static Optional<Set<OrganizationId>> organizations(ConfigSection section, String topic) {
    if (section.is(topic, ANY)) {
      section.note(topic, ANY);
      return Optional.empty();
    }
    if (!section.isList(topic)) {
      section.problem(topic, "must be a list of organizations, or \"*\" for all of them");
      return Optional.of(Set.of());
    }
    List<String> texts = section.texts(topic);
    if (texts.contains(ANY)) {
      section.problem(topic, "must be \"*\" without a list, or a list without \"*\"");
    }
    Set<OrganizationId> organizations = new HashSet<>();
    for (String text : texts) {
      Optional<OrganizationId> organization = OrganizationId.parse(text);
      organization.ifPresent(organizations::add);
      if (organization.isEmpty()) {
        section.problem(topic, "must hold organizations, each " + OrganizationId.FORM_IN_WORDS);
      }
    }
    return Optional.of(organizations);
  }
}
