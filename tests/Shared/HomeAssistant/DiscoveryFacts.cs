namespace AsffEdge.Tests.HomeAssistant;

/// <summary>
/// Which keys Home Assistant's MQTT integration takes in a device's discovery payload, and of what kind; it drops keys it does not know
/// without a word. As of its schemas in the repository home-assistant/core, homeassistant/components/mqtt: schemas.py, config.py,
/// select.py, binary_sensor.py, sensor.py, image.py, button.py, util.py, discovery.py (2026).
/// </summary>
internal static class DiscoveryFacts
{
    // A kind is text, icon, topic, template, boolean, whole (a number), texts (a list), or the values that are allowed.
    private const string Text = "text";
    private const string Topic = "topic";
    private const string Template = "template";
    private const string Flag = "boolean";
    private const string Whole = "whole";
    private const string Texts = "texts";

    /// <summary>The keys of <c>device</c>; <c>identifiers</c> or <c>connections</c> must be there.</summary>
    public static readonly Dictionary<string, string> Device = new()
    {
        ["identifiers"] = Texts,
        ["connections"] = Texts,
        ["name"] = Text,
        ["manufacturer"] = Text,
        ["model"] = Text,
        ["model_id"] = Text,
        ["serial_number"] = Text,
        ["hw_version"] = Text,
        ["sw_version"] = Text,
        ["suggested_area"] = Text,
        ["via_device"] = Text,
        ["configuration_url"] = Text,
    };

    /// <summary>The keys of <c>origin</c>; <c>name</c> must be there.</summary>
    public static readonly Dictionary<string, string> Origin = new()
    {
        ["name"] = Text,
        ["sw_version"] = Text,
        ["support_url"] = Text,
    };

    /// <summary>The keys that every entity may have; <c>unique_id</c> must be there unless <c>platform</c> is alone.</summary>
    public static readonly Dictionary<string, string> Entity = new()
    {
        ["platform"] = "select binary_sensor sensor image button",
        ["unique_id"] = Text,
        ["name"] = Text,
        ["icon"] = "icon",
        ["entity_category"] = "config diagnostic",
        ["enabled_by_default"] = Flag,
        ["default_entity_id"] = Text,
        ["entity_picture"] = Text,
        ["json_attributes_topic"] = Topic,
        ["json_attributes_template"] = Template,
        ["availability_topic"] = Topic,
        ["availability_template"] = Template,
        ["payload_available"] = Text,
        ["payload_not_available"] = Text,
        ["qos"] = "0 1 2",
        ["encoding"] = Text,
    };

    /// <summary>The further keys of each platform.</summary>
    public static readonly Dictionary<string, Dictionary<string, string>> Platform = new()
    {
        ["select"] = new()
        {
            ["command_topic"] = Topic,
            ["command_template"] = Template,
            ["options"] = Texts,
            ["optimistic"] = Flag,
            ["retain"] = Flag,
            ["state_topic"] = Topic,
            ["value_template"] = Template,
        },
        ["binary_sensor"] = new()
        {
            ["state_topic"] = Topic,
            ["value_template"] = Template,
            ["device_class"] = "connectivity running problem power", // of its 28 the ones that could fit here
            ["expire_after"] = Whole,
            ["off_delay"] = Whole,
            ["force_update"] = Flag,
            ["payload_on"] = Text,
            ["payload_off"] = Text,
        },
        ["sensor"] = new()
        {
            ["state_topic"] = Topic,
            ["value_template"] = Template,
            ["device_class"] = "duration temperature data_size enum frequency timestamp", // as above
            ["state_class"] = "measurement measurement_angle total total_increasing",
            ["unit_of_measurement"] = Text,
            ["suggested_display_precision"] = Whole,
            ["options"] = Texts,
            ["expire_after"] = Whole,
            ["force_update"] = Flag,
            ["last_reset_value_template"] = Template,
        },
        ["image"] = new()
        {
            ["image_topic"] = Topic,
            ["url_topic"] = Topic,
            ["url_template"] = Template,
            ["content_type"] = Text,
            ["image_encoding"] = "b64",
        },
        ["button"] = new()
        {
            ["command_topic"] = Topic,
            ["command_template"] = Template,
            ["payload_press"] = Text,
            ["retain"] = Flag,
            ["device_class"] = "identify restart update",
        },
    };

    /// <summary>The keys that must be there.</summary>
    public static readonly Dictionary<string, string[]> Required = new()
    {
        ["select"] = ["command_topic", "options"],
        ["binary_sensor"] = ["state_topic"],
        ["sensor"] = ["state_topic"],
        ["image"] = ["image_topic"], // or url_topic, but not both
        ["button"] = ["command_topic"],
    };

    /// <summary>The device classes of sensors whose states are no numbers, so that there is neither a unit nor a state class.</summary>
    public static readonly string[] NotNumeric = ["enum", "timestamp"];

    /// <summary>The units a sensor of a device class may have.</summary>
    public static readonly Dictionary<string, string[]> Units = new()
    {
        ["duration"] = ["d", "h", "min", "s", "ms", "μs"],
    };
}
