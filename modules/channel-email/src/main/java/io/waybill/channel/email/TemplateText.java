package io.waybill.channel.email;

import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import io.waybill.domain.Reason;
import io.waybill.domain.RequestRules;
import java.io.Writer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Renders one template once, in a single pass: braces in a value stay what they are. The library
 * gets no access to any object but by {@link Lookup}, in particular none by reflection. Used by one
 * thread.
 */
final class TemplateText {
  /** What a text is for. */
  enum Use {
    /** A line of a header: no value may hold a control character. */
    HEADER,
    /** Plain text: values as they are. */
    TEXT,
    /** HTML: values escaped. */
    HTML
  }

  /** Longest text, in characters. */
  static final int MAX_LENGTH = 2 * 1024 * 1024;

  /** Values shown and elements visited; sections within sections multiply. */
  static final int MAX_STEPS = 1_000_000;

  private final String field;
  private final Use use;
  private final Lookup lookup;
  private int steps;
  private String lastName = ".";
  private String nameBefore = ".";

  private TemplateText(String field, Use use, Lookup lookup) {
    this.field = field;
    this.use = use;
    this.lookup = lookup;
  }

  /**
   * The text that a template comes to.
   *
   * @param field the template's own, for messages: {@code config.email.subject}
   * @throws Unrenderable when a value is missing or does not fit
   */
  static String render(String field, String template, Use use, Lookup lookup) {
    return new TemplateText(field, use, lookup).run(template);
  }

  private String run(String template) {
    Mustache.Compiler compiler =
        Mustache.compiler()
            .withCollector(new Values())
            .withFormatter(this::shown)
            .withEscaper(use == Use.HTML ? Escapers.HTML : Escapers.NONE);
    Limited out = new Limited();
    try {
      compiler.compile(template).execute(lookup, out);
      return out.text.toString();
    } catch (MustacheException.Context missing) {
      throw missing(missing.key);
    } catch (MustacheException bad) {
      // The rules let no such template through; whoever writes to the topic himself may.
      throw new Unrenderable(
          Reason.INVALID_FIELD, field + " is not a template that can be used: correct it");
    }
  }

  private Unrenderable missing(String part) {
    // The library asks for a.b as a whole and then for a, and names what it asked for last.
    String name = nameBefore.startsWith(part + ".") ? nameBefore : part;
    return new Unrenderable(
        Reason.TEMPLATE_FIELD_MISSING,
        field
            + " shows {{"
            + name
            + "}}, which neither the data nor the metadata of this request has, nor is it a"
            + " built-in name: publish the field, or take it out of the template");
  }

  private String shown(Object value) {
    step();
    if (value == lookup || value instanceof JsonFields.Null) {
      throw missing(".");
    }
    String text = JsonFields.shown(value);
    if (text.length() > MAX_LENGTH) {
      // Before it is escaped, which copies it several times.
      throw tooLarge();
    }
    if (use == Use.HEADER && RequestRules.hasControlCharacters(text)) {
      throw new Unrenderable(
          Reason.TEMPLATE_HEADER_INJECTION,
          field
              + " shows {{"
              + lastName
              + "}}, whose value holds a line break or another control character, which could add"
              + " a header to the mail: nothing was sent");
    }
    return text;
  }

  private Unrenderable tooLarge() {
    return new Unrenderable(
        Reason.RENDERED_TOO_LARGE,
        field + " comes to more than " + MAX_LENGTH + " characters for this request");
  }

  private void step() {
    if (++steps > MAX_STEPS) {
      throw new Unrenderable(
          Reason.RENDERED_TOO_LARGE,
          field + " would show or visit more than " + MAX_STEPS + " values of this request");
    }
  }

  /** The library's only way to values. */
  private final class Values implements Mustache.Collector {
    @Override
    public @Nullable Iterator<?> toIterator(Object value) {
      step();
      return value instanceof List<?> list ? counted(list.iterator()) : null;
    }

    private Iterator<?> counted(Iterator<?> elements) {
      return new Iterator<Object>() {
        @Override
        public boolean hasNext() {
          return elements.hasNext();
        }

        @Override
        public Object next() {
          step();
          return elements.next();
        }
      };
    }

    @Override
    public Mustache.VariableFetcher createFetcher(Object context, String name) {
      return (from, path) -> {
        if (!path.equals(lastName)) {
          nameBefore = lastName;
          lastName = path;
        }
        Object found = from == lookup ? lookup.find(path) : Lookup.walk(from, path);
        return found == null ? Template.NO_FETCHER_FOUND : found;
      };
    }

    @Override
    public <K, V> Map<K, V> createFetcherCache() {
      return new HashMap<>();
    }
  }

  private final class Limited extends Writer {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void write(char[] chars, int from, int length) {
      if (text.length() + length > MAX_LENGTH) {
        throw tooLarge();
      }
      text.append(chars, from, length);
    }

    @Override
    public Writer append(CharSequence chars) {
      if (text.length() + chars.length() > MAX_LENGTH) {
        throw tooLarge();
      }
      text.append(chars);
      return this;
    }

    @Override
    public void flush() {
      // Memory has nothing to flush.
    }

    @Override
    public void close() {
      // Nor to close.
    }
  }
}
